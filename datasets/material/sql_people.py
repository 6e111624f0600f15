"""Worlds of people: a library, a school and the staff of a firm."""

import random
from typing import Final

from datasets.material.sql_world import Question, Rows, World, day, people, spread

_BOOKS: Final = (
    *(("The Glass Road", "M. Arden"), ("Stone Fruit", "M. Arden"), ("Low Tide", "J. Okoro")),
    *(("A House of Maps", "J. Okoro"), ("The Beekeeper's Year", "L. Santos"), ("North of Here", "L. Santos")),
    *(("Seven Bridges", "P. Novak"), ("Letters Unsent", "P. Novak"), ("The Salt Garden", "R. Meyer")),
)
_GENRES: Final = ("history", "novel", "travel")
_COURSES: Final = (("Algebra", 6), ("Biology", 4), ("Chemistry", 5), ("Drawing", 2), ("History", 3), ("Music", 2))
_MANAGERS: Final = 3
_DEPARTMENTS: Final = (("Sales", 1), ("Support", 1), ("Research", 2), ("Finance", 3), ("Logistics", 2))


def _library_rows(rng: random.Random) -> Rows:
    members = [[i, name, rng.randint(2015, 2025)] for i, name in enumerate(people(rng, 8), 1)]
    books = [
        [i, title, author, rng.choice(_GENRES), rng.randint(1960, 2024)]
        for i, (title, author) in enumerate(rng.sample(_BOOKS, 7), 1)
    ]
    readers, lent = spread(rng, range(1, 9), 22), spread(rng, range(1, 8), 22)
    loans = [
        [i, readers[i - 1], lent[i - 1], rng.randint(1, 40), rng.choice((None, None, 1, 2, 3, 4, 5))]
        for i in range(1, 23)
    ]
    return {"members": members, "books": books, "loans": loans}


def _school_rows(rng: random.Random) -> Rows:
    students = [[i, name, rng.randint(7, 10)] for i, name in enumerate(people(rng, 10), 1)]
    teachers = people(rng, 3)
    courses = [[i, title, rng.choice(teachers), credits_] for i, (title, credits_) in enumerate(_COURSES, 1)]
    taken = rng.sample([(student, course) for student in range(1, 11) for course in range(1, 7)], 26)
    results = [[student, course, rng.randint(40, 100)] for student, course in sorted(taken)]
    return {"students": students, "courses": courses, "results": results}


def _staff_rows(rng: random.Random) -> Rows:
    departments = [[i, name, floor] for i, (name, floor) in enumerate(_DEPARTMENTS, 1)]
    names = people(rng, 14)
    of = spread(rng, range(1, 6), 14)
    employees = [
        [
            i,
            name,
            of[i - 1],
            rng.randint(60, 180) * 500,
            day(rng, rng.randint(2012, 2024)),
            rng.randint(1, _MANAGERS) if i > _MANAGERS else None,
        ]
        for i, name in enumerate(names, 1)
    ]
    return {"departments": departments, "employees": employees}


LIBRARY: Final = World(
    name="library",
    tables={
        "members": ("id INTEGER PRIMARY KEY", "name TEXT", "joined INTEGER"),
        "books": ("id INTEGER PRIMARY KEY", "title TEXT", "author TEXT", "genre TEXT", "year INTEGER"),
        "loans": (
            "id INTEGER PRIMARY KEY",
            "member_id INTEGER REFERENCES members (id)",
            "book_id INTEGER REFERENCES books (id)",
            "days INTEGER",
            "rating INTEGER",
        ),
    },
    rows=_library_rows,
    questions=(
        Question(
            "filter",
            "Which books were published before {year}? Return title and author.",
            "SELECT title, author FROM books WHERE year < {year}",
            {"year": (1972, 1975, 1978, 1980, 1985, 1988, 1990, 1995, 2000, 2005, 2010)},
            ("SELECT b.title, b.author FROM books b WHERE b.year <= {year} - 1",),
        ),
        Question(
            "aggregate",
            "What is the mean rating of the loans that lasted at most {days} days? Loans without a rating do not "
            "count. Return one number.",
            "SELECT AVG(rating) FROM loans WHERE days <= {days}",
            {"days": (7, 10, 12, 14, 17, 20, 25, 30)},
            ("SELECT 1.0 * SUM(rating) / COUNT(rating) FROM loans WHERE days <= {days}",),
        ),
        Question(
            "join",
            "Who has borrowed a book by {author}? Return each member's name once.",
            "SELECT DISTINCT m.name FROM members m JOIN loans l ON l.member_id = m.id\n"
            "JOIN books b ON b.id = l.book_id WHERE b.author = '{author}'",
            {"author": "books.author"},
            (
                "SELECT name FROM members m WHERE EXISTS (SELECT 1 FROM loans l JOIN books b ON b.id = l.book_id\n"
                "WHERE l.member_id = m.id AND b.author = '{author}')",
            ),
        ),
        Question(
            "group",
            "How often has each {genre} book been borrowed for {days} days or more? Return title and number of loans, "
            "also for books without any.",
            "SELECT b.title, COUNT(l.id) AS loans FROM books b\n"
            "LEFT JOIN loans l ON l.book_id = b.id AND l.days >= {days} WHERE b.genre = '{genre}' GROUP BY b.id",
            {"genre": _GENRES, "days": (10, 14, 20)},
            (
                "SELECT title, (SELECT COUNT(*) FROM loans WHERE book_id = b.id AND days >= {days}) FROM books b\n"
                "WHERE genre = '{genre}'",
            ),
        ),
        Question(
            "order",
            "List the members who joined in {year} or later by the days for which they have borrowed books in all: "
            "name and days, most days first, equal numbers by name; leave out those who have borrowed nothing.",
            "SELECT m.name, SUM(l.days) AS days FROM members m JOIN loans l ON l.member_id = m.id\n"
            "WHERE m.joined >= {year} GROUP BY m.id ORDER BY days DESC, m.name",
            {"year": (2016, 2017, 2018, 2019, 2020)},
            (
                "SELECT name, total FROM (SELECT member_id, SUM(days) AS total FROM loans GROUP BY member_id) t\n"
                "JOIN members ON members.id = t.member_id WHERE joined > {year} - 1 ORDER BY total DESC, name",
            ),
        ),
        Question(
            "group",
            "Which members who joined before {year} have at least {least} loans without a rating? Return name and "
            "number of such loans.",
            "SELECT m.name, COUNT(*) AS unrated FROM members m JOIN loans l ON l.member_id = m.id\n"
            "WHERE l.rating IS NULL AND m.joined < {year} GROUP BY m.id HAVING COUNT(*) >= {least}",
            {"year": (2021, 2023, 2025), "least": (1, 2)},
            (
                "SELECT name, unrated FROM (SELECT m.name AS name, joined, SUM(l.rating IS NULL) AS unrated\n"
                "FROM loans l JOIN members m ON m.id = l.member_id GROUP BY m.id)\n"
                "WHERE unrated >= {least} AND joined < {year}",
            ),
        ),
        Question(
            "nested",
            "Which {genre} books have never been rated {rating} or better? Return their titles; unrated loans do not "
            "count.",
            "SELECT title FROM books WHERE genre = '{genre}' AND id NOT IN\n"
            "(SELECT book_id FROM loans WHERE rating >= {rating})",
            {"genre": _GENRES, "rating": (4, 5)},
            (
                "SELECT b.title FROM books b LEFT JOIN loans l ON l.book_id = b.id AND l.rating >= {rating}\n"
                "WHERE b.genre = '{genre}' AND l.id IS NULL",
            ),
        ),
    ),
)

SCHOOL: Final = World(
    name="school",
    tables={
        "students": ("id INTEGER PRIMARY KEY", "name TEXT", "grade INTEGER"),
        "courses": ("id INTEGER PRIMARY KEY", "title TEXT", "teacher TEXT", "credits INTEGER"),
        "results": (
            "student_id INTEGER REFERENCES students (id)",
            "course_id INTEGER REFERENCES courses (id)",
            "score INTEGER",
        ),
    },
    rows=_school_rows,
    questions=(
        Question(
            "filter",
            "Which students of grade {grade} have a name that begins with a letter up to {letter}? Return their names.",
            "SELECT name FROM students WHERE grade = {grade} AND SUBSTR(name, 1, 1) <= '{letter}'",
            {"grade": (7, 8, 9, 10), "letter": ("H", "L", "P")},
            (
                "SELECT name FROM students\n"
                "WHERE UPPER(SUBSTR(name, 1, 1)) BETWEEN 'A' AND '{letter}' AND grade = {grade}",
            ),
        ),
        Question(
            "aggregate",
            "What is the best score of grade {grade} in courses with at least {credits} credits? Return one number.",
            "SELECT MAX(r.score) FROM results r JOIN students s ON s.id = r.student_id\n"
            "JOIN courses c ON c.id = r.course_id WHERE s.grade = {grade} AND c.credits >= {credits}",
            {"grade": (7, 8, 9, 10), "credits": (3, 4)},
            (
                "SELECT MAX(score) FROM results WHERE student_id IN (SELECT id FROM students WHERE grade = {grade})\n"
                "AND course_id IN (SELECT id FROM courses WHERE credits >= {credits})",
            ),
        ),
        Question(
            "join",
            "Who scored {least} or more in {course}? Return name and score.",
            "SELECT s.name, r.score FROM results r JOIN students s ON s.id = r.student_id\n"
            "JOIN courses c ON c.id = r.course_id WHERE c.title = '{course}' AND r.score >= {least}",
            {"course": "courses.title", "least": (50, 60, 70)},
            (
                "SELECT name, score FROM students, results WHERE id = student_id AND score > {least} - 1\n"
                "AND course_id = (SELECT id FROM courses WHERE title = '{course}')",
            ),
        ),
        Question(
            "group",
            "What is the mean score of each course with more than {least} results? Return title and mean score.",
            "SELECT c.title, AVG(r.score) AS mean FROM courses c JOIN results r ON r.course_id = c.id\n"
            "GROUP BY c.id HAVING COUNT(*) > {least}",
            {"least": (2, 3, 4)},
            (
                "SELECT title, mean FROM courses JOIN (SELECT course_id, TOTAL(score) / COUNT(*) AS mean FROM results\n"
                "GROUP BY course_id HAVING COUNT(score) >= {least} + 1) ON course_id = id",
            ),
        ),
        Question(
            "order",
            "List the students of grade {grade} by the credits of the courses that they passed with {least} or more: "
            "name and credits, most credits first, equal numbers by name; leave out those who passed none.",
            "SELECT s.name, SUM(c.credits) AS credits FROM students s JOIN results r ON r.student_id = s.id\n"
            "JOIN courses c ON c.id = r.course_id WHERE s.grade = {grade} AND r.score >= {least}\n"
            "GROUP BY s.id ORDER BY credits DESC, s.name",
            {"grade": (7, 8, 9, 10), "least": (50, 60)},
            (
                "WITH passed AS (SELECT student_id, credits FROM results JOIN courses ON courses.id = course_id\n"
                "WHERE score >= {least})\n"
                "SELECT name, SUM(credits) FROM passed JOIN students ON students.id = student_id\n"
                "WHERE grade = {grade} GROUP BY students.id ORDER BY SUM(credits) DESC, name",
            ),
        ),
        Question(
            "nested",
            "Which students have no result in {course}? Return name and grade.",
            "SELECT name, grade FROM students WHERE id NOT IN (SELECT r.student_id FROM results r\n"
            "JOIN courses c ON c.id = r.course_id WHERE c.title = '{course}')",
            {"course": "courses.title"},
            (
                "SELECT name, grade FROM students s WHERE NOT EXISTS (SELECT * FROM results r, courses c\n"
                "WHERE r.student_id = s.id AND c.id = r.course_id AND c.title = '{course}')",
            ),
        ),
        Question(
            "group",
            "How many students of each grade have a result below {most}? Return grade and number of students, grades "
            "without any left out.",
            "SELECT s.grade, COUNT(DISTINCT s.id) AS students FROM students s JOIN results r ON r.student_id = s.id\n"
            "WHERE r.score < {most} GROUP BY s.grade",
            {"most": (50, 55, 60, 65, 70)},
            (
                "SELECT grade, COUNT(*) FROM students\n"
                "WHERE id IN (SELECT student_id FROM results WHERE score < {most}) GROUP BY grade",
            ),
        ),
    ),
)

STAFF: Final = World(
    name="staff",
    tables={
        "departments": ("id INTEGER PRIMARY KEY", "name TEXT", "floor INTEGER"),
        "employees": (
            "id INTEGER PRIMARY KEY",
            "name TEXT",
            "department_id INTEGER REFERENCES departments (id)",
            "salary INTEGER",
            "hired TEXT",
            "manager_id INTEGER REFERENCES employees (id)",
        ),
    },
    rows=_staff_rows,
    questions=(
        Question(
            "filter",
            "Who was hired in {year} or later and earns more than {salary}? Return name and salary.",
            "SELECT name, salary FROM employees WHERE hired >= '{year}-01-01' AND salary > {salary}",
            {"year": (2013, 2015, 2017, 2019), "salary": (40000, 50000, 60000)},
            (
                "SELECT name, salary FROM employees WHERE CAST(STRFTIME('%Y', hired) AS INTEGER) >= {year}\n"
                "AND salary > {salary}",
            ),
        ),
        Question(
            "aggregate",
            "What do the people on floor {floor} who were hired before {year} earn in all? Return one number.",
            "SELECT SUM(e.salary) FROM employees e JOIN departments d ON d.id = e.department_id\n"
            "WHERE d.floor = {floor} AND e.hired < '{year}-01-01'",
            {"floor": (1, 2, 3), "year": (2016, 2018, 2020, 2022)},
            (
                "SELECT SUM(salary) FROM employees WHERE hired < '{year}'\n"
                "AND department_id IN (SELECT id FROM departments WHERE floor = {floor})",
            ),
        ),
        Question(
            "join",
            "Who works in {department}, and under whom? Return the employee's and the manager's name; leave out people "
            "without a manager.",
            "SELECT e.name, m.name FROM employees e JOIN employees m ON m.id = e.manager_id\n"
            "JOIN departments d ON d.id = e.department_id WHERE d.name = '{department}'",
            {"department": "departments.name"},
            (
                "SELECT name, (SELECT m.name FROM employees m WHERE m.id = e.manager_id) FROM employees e\n"
                "WHERE manager_id IS NOT NULL AND department_id =\n"
                "(SELECT id FROM departments WHERE name = '{department}')",
            ),
        ),
        Question(
            "group",
            "How many people with a salary of at least {salary} does each department have? Return the department's "
            "name and the number, also for departments without any.",
            "SELECT d.name, COUNT(e.id) AS people FROM departments d\n"
            "LEFT JOIN employees e ON e.department_id = d.id AND e.salary >= {salary} GROUP BY d.id",
            {"salary": (40000, 45000, 50000, 55000, 60000, 70000)},
            (
                "SELECT name, (SELECT COUNT(*) FROM employees WHERE department_id = d.id AND salary >= {salary})\n"
                "FROM departments d",
            ),
        ),
        Question(
            "order",
            "List the {count} best paid people who have a manager and were hired in {year} or later: name and salary, "
            "the highest salary first, equal salaries by name.",
            "SELECT name, salary FROM employees WHERE manager_id IS NOT NULL AND hired >= '{year}-01-01'\n"
            "ORDER BY salary DESC, name LIMIT {count}",
            {"count": (2, 3, 4, 5), "year": (2013, 2015, 2017)},
            (
                "SELECT name, salary FROM (SELECT name, salary,\n"
                "ROW_NUMBER() OVER (ORDER BY salary DESC, name) AS place FROM employees\n"
                "WHERE manager_id > 0 AND hired >= '{year}') WHERE place <= {count} ORDER BY place",
            ),
        ),
        Question(
            "nested",
            "Who on floor {floor} earns more than the mean of their own department? Return name and salary.",
            "SELECT e.name, e.salary FROM employees e JOIN departments d ON d.id = e.department_id\n"
            "WHERE d.floor = {floor} AND e.salary >\n"
            "(SELECT AVG(o.salary) FROM employees o WHERE o.department_id = e.department_id)",
            {"floor": (1, 2, 3)},
            (
                "WITH means AS (SELECT department_id, AVG(salary) AS mean FROM employees GROUP BY department_id)\n"
                "SELECT name, salary FROM employees JOIN means USING (department_id)\n"
                "WHERE salary > mean AND department_id IN (SELECT id FROM departments WHERE floor = {floor})",
            ),
        ),
        Question(
            "group",
            "Which managers lead more than {least} people who earn {salary} or more? Return the manager's name and the "
            "number of these people.",
            "SELECT m.name, COUNT(*) AS people FROM employees m JOIN employees e ON e.manager_id = m.id\n"
            "WHERE e.salary >= {salary} GROUP BY m.id HAVING COUNT(*) > {least}",
            {"least": (1, 2), "salary": (35000, 40000, 50000)},
            (
                "SELECT name, led FROM (SELECT name, (SELECT COUNT(*) FROM employees e\n"
                "WHERE e.manager_id = m.id AND e.salary >= {salary}) AS led FROM employees m) WHERE led > {least}",
            ),
        ),
    ),
)
