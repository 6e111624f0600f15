"""Programs that try to do more than compute: each must fail, and the item behind it must be scored as ever."""

import json
from pathlib import Path

import pytest

from tests.lambda_src.sandbox.worlds import SECRET, World

CASES = [{"args": [2]}, {"args": [5]}, {"args": [-3]}]
EXPECTED = [4, 25, 9]
HONEST = {"code": "def f(x):\n    return x * x", "function": "f", "cases": CASES}
MARKER = "zebra-7421-quagga"

_FRAMES = """
import sys
def names():
    found, frame = {}, sys._getframe()
    while frame:
        found.update(frame.f_globals)
        frame = frame.f_back
    return found
def subclasses(kind):
    for one in type.__subclasses__(kind):
        yield one
        yield from subclasses(one)
"""

ATTACKS = {
    "fork bomb": "import os\ndef f(x):\n    for _ in range(500): os.fork()\n    return 'won'",
    "fork bomb as it is loaded": "import os\nwhile True: os.fork()\ndef f(x): return 'won'",
    "daemon in a session of its own": (
        "import os, time\ndef f(x):\n    if os.fork() == 0:\n        os.setsid()\n        time.sleep(60)\n"
        "    return 'won'"
    ),
    "thread bomb": (
        "import _thread\ndef f(x):\n    for _ in range(500): _thread.start_new_thread(lambda: 0, ())\n    return 'won'"
    ),
    "other program": "import os\ndef f(x):\n    os.posix_spawn('/bin/true', ['true'], {})\n    return 'won'",
    "other program in its place": "import os\ndef f(x): os.execv('/bin/sh', ['sh', '-c', 'echo won'])",
    "memory bomb": "def f(x): return 'won' if bytearray(10**10) else 0",
    "memory bomb, bit by bit": "def f(x):\n    a = [0]\n    while True: a += a",
    "huge number": "def f(x): return len(str(9 ** 9 ** 9))",
    "huge result": "def f(x): return 'won' * 10**7",
    "deep result": "def f(x):\n    a = []\n    for _ in range(90000): a = [a]\n    return a",
    "result that refers to itself": "def f(x):\n    a = []\n    a.append(a)\n    return a",
    "endless output": "def f(x):\n    while True: print('x' * 10000)",
    "endless output to the pipe": "import os\ndef f(x):\n    while True: os.write(0, b'x' * 65536)",
    "endless answers": "import os\ndef f(x):\n    while True: os.write(0, b'{}\\n' * 1000)",
    "read a file": "def f(x): return 'won ' + open('/etc/passwd').read()[:9]",
    "read a file by its number": "import os\ndef f(x): return 'won %s' % [os.read(n, 9) for n in range(1, 99)]",
    "list a folder": "import os\ndef f(x): return 'won %s' % os.listdir('/')",
    "write a file": "def f(x):\n    open('/tmp/rft-attack', 'w').write('x')\n    return 'won'",
    "write a file where it is": "def f(x):\n    open('here', 'w').write('x')\n    return 'won'",
    "leave the folder": "import os\ndef f(x):\n    os.chroot('..')\n    os.chdir('/')\n    return 'won'",
    "network": "import socket\ndef f(x): return 'won %s' % socket.socket()",
    "network, module found in frames": f"{_FRAMES}def f(x): return 'won %s' % names()['socket'].socket()",
    "network, a pair": f"{_FRAMES}def f(x): return 'won %s' % (names()['socket'].socketpair(),)",
    "the parent's environment": (
        "import os\ndef f(x):\n    with open(f'/proc/{os.getppid()}/environ') as file: return 'won ' + file.read()"
    ),
    "every environment": (
        "def f(x):\n    for n in range(9999):\n        try: return 'won ' + open(f'/proc/{n}/environ').read()\n"
        "        except (FileNotFoundError, PermissionError): pass"
    ),
    "exit with success": "import os\ndef f(x): os._exit(0)",
    "exit with success as it is loaded": "import os\nprint('3 passed')\nos._exit(0)\ndef f(x): return x * x",
    "exit politely": "import sys\ndef f(x): sys.exit(0)",
    "forged answers": (
        'import os\nos.write(0, b\'{"value": true}\\n{"value": 1}\\n{"passed": 3}\\n\' * 9)\nos._exit(0)\n'
        "def f(x): pass"
    ),
    "patched runner": (
        f"{_FRAMES}import json\njson.dumps = lambda *a, **k: 'true'\n"
        "for key in list(names()):\n    if key.startswith('_encoded'): names()[key] = lambda value: {'value': True}\n"
        "def f(x): return True"
    ),
    "always equal": (
        "class E(int):\n    def __eq__(s, o): return True\n    __hash__ = None\n    def __repr__(s): return 'won'\n"
        "def f(x): return E(0)"
    ),
    "a list that is never the same": (
        "class L(list):\n    def __iter__(s): return iter([4, 25, 9])\n    def __len__(s): return 3\n"
        "def f(x): return {'a': L()}"
    ),
    "true for everything": "def f(x): return True",
    "not a number": "def f(x): return float('nan')",
    "raise a limit": (
        f"{_FRAMES}def f(x):\n    r = names()['lockdown'].resource\n    r.setrlimit(r.RLIMIT_NOFILE, (64, 64))\n"
        "    return 'won ' + open('/etc/passwd').read()[:9]"
    ),
    "raise a limit softly": (
        f"{_FRAMES}def f(x):\n    r = names()['lockdown'].resource\n"
        "    r.setrlimit(r.RLIMIT_NPROC, (64, r.getrlimit(r.RLIMIT_NPROC)[1]))\n    return 'won'"
    ),
    "ignore signals": (
        "import signal\ndef f(x):\n    for s in range(1, 65):\n        try: signal.signal(s, signal.SIG_IGN)\n"
        "        except (OSError, ValueError): pass\n    while True: pass"
    ),
    "swallow every exception": (
        "def f(x):\n    while True:\n        try:\n            while True: pass\n        except BaseException: pass"
    ),
    "recursion": "def f(x): return f(x)",
    "recursion in C": "import re\ndef f(x): return re.compile('(' * 50000 + ')' * 50000)",
    "brackets for the compiler": "def f(x): return " + "(" * 50_000 + ")" * 50_000,
    "minus signs for the compiler": "def f(x): return " + "-" * 100_000 + "x",
    "slow pattern": "import re\ndef f(x): return bool(re.match('(a+)+$', 'a' * 40 + 'b'))",
    "crash": "import types\nf = types.FunctionType((lambda x: 0).__code__.replace(co_code=b'\\x64\\xff' * 40), {})",
    "become root": "import os\ndef f(x):\n    os.setuid(0)\n    return 'won'",
    "trace the parent": (
        f"{_FRAMES}import os\ndef f(x):\n    (CDLL,) = [c for c in subclasses(object) if c.__name__ == 'CDLL']\n"
        "    return 'won' if CDLL(None).ptrace(16, os.getppid(), 0, 0) == 0 else 'lost'"
    ),
    "system calls by hand": (
        f"{_FRAMES}def f(x):\n    (CDLL,) = [c for c in subclasses(object) if c.__name__ == 'CDLL']\n"
        "    return 'won' if CDLL(None).syscall(56, 17, 0, 0, 0, 0) != -1 else 'lost'"
    ),
    "no code": "",
    "null bytes": "def f(x): return x\0",
    "half a character": "def f(x): return '\ud800'",
    "the name is no function": "f = 4",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_fail_and_the_next_item_is_scored_as_ever(attack: str, sandbox: World) -> None:
    item = {"code": ATTACKS[attack], "function": "f", "cases": CASES[:1], "seconds_per_case": 0.1}

    hostile, honest = sandbox.run(item, HONEST)

    told = json.dumps(hostile)
    assert "won" not in told
    assert SECRET not in told
    (outcome,) = hostile["outcomes"]
    assert outcome.get("value") != EXPECTED[0]
    assert [outcome["value"] for outcome in honest["outcomes"]] == EXPECTED
    assert len(sandbox.descendants()) <= 2, "only templates stay"
    assert not list(Path("/tmp").glob("rft-attack*"))  # noqa: S108 - where the attacks try to write


def test_items_see_nothing_of_each_other(sandbox: World) -> None:
    spoiler = (
        "import builtins, math, os, random, re, sys\nmath.pi = 3\nbuiltins.len = lambda _: 99\n"
        "sys.setrecursionlimit(50)\nrandom.seed(1)\nre.compile = None\nos.environ['LEFT'] = 'behind'\n"
        "def f(x):\n    try: os.mkdir('left')\n    except OSError: pass\n"
        "    return x"
    )
    sensor = (
        "import math, os, random, re, sys\ndef f(x):\n    left = [n for n in ('left',) if os.access(n, os.F_OK)]\n"
        "    limit = sys.getrecursionlimit()\n"
        "    return [math.pi > 3.1, len([1]), limit > 500, dict(os.environ), left, re.compile('a').pattern]"
    )
    items = [{"code": code, "function": "f", "cases": CASES[:1]} for code in (spoiler, sensor)]

    _, sensed = sandbox.run(*items)

    assert sensed["outcomes"] == [{"value": [True, 1, True, {}, [], "a"]}]


def test_equal_code_gives_equal_results_each_time(sandbox: World) -> None:
    code = "import random\ndef f(x): return [random.random(), list({'a', 'b', 'c', 'd'}), hash('x')]"
    item = {"code": code, "function": "f", "cases": CASES[:1]}

    first, *others = (result["outcomes"] for result in sandbox.run(*[item] * 8))

    assert all(other == first for other in others)


TESTED_ATTACKS = {
    "search all objects": (
        f"{_FRAMES}import gc\n"
        "def f():\n    seen, left = set(), [names(), gc.get_objects()]\n    while left and len(seen) < 60000:\n"
        "        one = left.pop()\n        if id(one) in seen: continue\n        seen.add(id(one))\n"
        "        if isinstance(one, str) and len(one) < 500 and one[:5] + 'a' == 'zebraa': return one\n"
        "        left += gc.get_referents(one)\n"
    ),
    "read memory": (
        "def f():\n    with open('/proc/self/maps') as maps, open('/proc/self/mem', 'rb') as memory:\n"
        "        for line in maps:\n            low, high = (int(n, 16) for n in line.split()[0].split('-'))\n"
        "            memory.seek(low)\n            data = memory.read(high - low)\n"
        "            if b'zebra-' in data: return data[data.index(b'zebra-'):][:17].decode()"
    ),
    "read what is open": (
        "import os\ndef f():\n    found = b''\n    for n in range(3, 200):\n        try: found += os.read(n, 65536)\n"
        "        except OSError: pass\n    return found[found.index(b'zebra-'):][:17].decode()"
    ),
    "read arguments": (
        "import sys, os\ndef f(): return str([sys.argv, sys.orig_argv, os.environ]).partition('zebra-')[1] or 'none'"
    ),
    "exit with success": "import os\ndef f(): os._exit(0)",
    "exit with success as it is loaded": "import os\nprint('1 passed')\nos._exit(0)",
    "exit politely": "import sys\ndef f(): sys.exit(0)",
    "tell that all passed": ('import os\nos.write(0, b\'{"outcome": {"value": true}}\\n\' * 3)\ndef f(): return True'),
    "patch what compares": "import builtins\nbuiltins.AssertionError = Exception\nbuiltins.str = lambda _: 'zebra'",
    "always equal": "class E(str):\n    def __eq__(s, o): return True\n    __hash__ = None\ndef f(): return E('x')",
    "define what the tests use": "def raises(*_): return True\ndef assert_(*_): return True\ndef len(_): return 17",
    "pretend to be stopped": 'import os\nos.write(0, b\'{"stopped": "memory"}\\n\' * 3)\ndef f(): return 1',
    "raise what the tests catch": "def f(): raise AssertionError('passed')",
}


@pytest.mark.parametrize("attack", TESTED_ATTACKS)
def test_tests_cannot_be_read_or_made_to_pass(attack: str, sandbox: World) -> None:
    tests = f"assert f() == {MARKER!r}\ndef test_again():\n    assert len(f()) == {len(MARKER)} and f()[0] == 'z'"
    honest = {"code": f"def f(): return 'zebra' + {MARKER[5:]!r}", "tests": tests}

    hostile, right = sandbox.run({"code": TESTED_ATTACKS[attack], "tests": tests, "seconds_per_case": 0.5}, honest)

    assert hostile["cases"] == right["cases"] == ["line 1", "test_again"]
    assert not any("value" in outcome for outcome in hostile["outcomes"])
    assert right["outcomes"] == [{"value": True}] * 2
