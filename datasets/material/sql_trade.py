"""Worlds that buy and sell: a shop, airlines and a cinema."""

import random
from collections.abc import Sequence
from typing import Final

from datasets.material.sql_world import Question, Rows, World, day, people, spread

_CITIES: Final = ("Bergen", "Dublin", "Lisbon", "Oslo", "Porto", "Turin")
_PRODUCTS: Final = (
    *(("desk lamp", "office"), ("notebook", "office"), ("stapler", "office"), ("ink pen", "office")),
    *(("kettle", "kitchen"), ("frying pan", "kitchen"), ("teapot", "kitchen"), ("cutting board", "kitchen")),
    *(("watering can", "garden"), ("rake", "garden"), ("flower pot", "garden"), ("bird feeder", "garden")),
)
_AIRPORTS: Final = (
    *(("OSL", "Oslo", "Norway"), ("BGO", "Bergen", "Norway"), ("LIS", "Lisbon", "Portugal")),
    *(
        ("OPO", "Porto", "Portugal"),
        ("DUB", "Dublin", "Ireland"),
        ("TRN", "Turin", "Italy"),
        ("NAP", "Naples", "Italy"),
    ),
)
_AIRLINES: Final = ("Northwing", "Skylark", "Terra Air")
_FILMS: Final = (
    *("The Lost Harbour", "Night Ferry", "Paper Moons", "Seven Winters", "The Clockmaker", "Salt and Stone"),
    *("A Quiet Orbit", "Borrowed Summer", "The Ninth Gate Key", "Under the Lindens"),
)
_GENRES: Final = ("comedy", "crime", "drama")
_HALLS: Final[Sequence[tuple[str, int]]] = (("Grand", 180), ("Studio", 60), ("Cellar", 40))


def _shop_rows(rng: random.Random) -> Rows:
    customers = [[i, name, rng.choice(_CITIES[:4])] for i, name in enumerate(people(rng, 8), 1)]
    sold = rng.sample(_PRODUCTS, 8)
    products = [[i, name, category, rng.randint(8, 120) / 2] for i, (name, category) in enumerate(sold, 1)]
    buyers = spread(rng, [row[0] for row in customers], 22)
    bought = spread(rng, [row[0] for row in products], 22)
    orders = [[i, buyers[i - 1], bought[i - 1], rng.randint(1, 6), day(rng)] for i in range(1, 23)]
    return {"customers": customers, "products": products, "orders": orders}


def _flight_rows(rng: random.Random) -> Rows:
    codes = [code for code, _, _ in _AIRPORTS]
    flights = []
    for number in range(1, 27):
        origin, destination = rng.sample(codes, 2)
        flights.append(
            [number, origin, destination, rng.choice(_AIRLINES), rng.randint(8, 40) * 5, rng.randint(30, 320)]
        )
    return {"airports": [list(airport) for airport in _AIRPORTS], "flights": flights}


def _cinema_rows(rng: random.Random) -> Rows:
    films = [
        [i, title, rng.choice(_GENRES), rng.randint(80, 160), rng.randint(1990, 2025)]
        for i, title in enumerate(rng.sample(_FILMS, 8), 1)
    ]
    halls = [[i, name, seats] for i, (name, seats) in enumerate(_HALLS, 1)]
    shown = spread(rng, [film[0] for film in films], 24)
    shows = []
    for i, film in enumerate(shown, 1):
        hall = rng.randrange(len(_HALLS))
        shows.append([i, film, hall + 1, day(rng), rng.randint(0, _HALLS[hall][1])])
    return {"films": films, "halls": halls, "shows": shows}


SHOP: Final = World(
    name="shop",
    tables={
        "customers": ("id INTEGER PRIMARY KEY", "name TEXT", "city TEXT"),
        "products": ("id INTEGER PRIMARY KEY", "name TEXT", "category TEXT", "price REAL"),
        "orders": (
            "id INTEGER PRIMARY KEY",
            "customer_id INTEGER REFERENCES customers (id)",
            "product_id INTEGER REFERENCES products (id)",
            "quantity INTEGER",
            "day TEXT",
        ),
    },
    rows=_shop_rows,
    questions=(
        Question(
            "filter",
            "Which products cost more than {price}? Return the name and the price.",
            "SELECT name, price FROM products WHERE price > {price}",
            {"price": (8, 10, 12, 15, 20, 25, 30, 35, 40, 45)},
            ("SELECT p.name, p.price FROM products AS p WHERE NOT p.price <= {price}",),
        ),
        Question(
            "order",
            "List the {category} products that cost {price} or less with their prices, the most expensive first and "
            "equal prices by name.",
            "SELECT name, price FROM products WHERE category = '{category}' AND price <= {price}\n"
            "ORDER BY price DESC, name",
            {"category": "products.category", "price": (30, 40, 45, 50)},
            (
                "SELECT name, price FROM products WHERE category IN ('{category}') AND NOT price > {price}\n"
                "ORDER BY 2 DESC, 1 ASC",
            ),
        ),
        Question(
            "aggregate",
            "How many orders were placed from {first} to {last}, both days included? Return one number.",
            "SELECT COUNT(*) FROM orders WHERE day BETWEEN '{first}' AND '{last}'",
            {"first": ("2025-02-01", "2025-03-15", "2025-04-10"), "last": ("2025-07-31", "2025-09-20", "2025-11-05")},
            ("SELECT SUM(day >= '{first}' AND day <= '{last}') FROM orders",),
        ),
        Question(
            "join",
            "Which customers have ordered {least} pieces or more of a {category} product at once? Return each name "
            "once.",
            "SELECT DISTINCT c.name FROM customers c JOIN orders o ON o.customer_id = c.id\n"
            "JOIN products p ON p.id = o.product_id WHERE p.category = '{category}' AND o.quantity >= {least}",
            {"category": "products.category", "least": (2, 3, 4)},
            (
                "SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders WHERE quantity >= {least}\n"
                "AND product_id IN (SELECT id FROM products WHERE category = '{category}'))",
            ),
        ),
        Question(
            "group",
            "How much have the customers of {city} spent each, at today's prices? Return name and amount of those who "
            "have ordered anything.",
            "SELECT c.name, SUM(o.quantity * p.price) AS amount FROM customers c\n"
            "JOIN orders o ON o.customer_id = c.id JOIN products p ON p.id = o.product_id\n"
            "WHERE c.city = '{city}' GROUP BY c.id",
            {"city": "customers.city"},
            (
                "SELECT name, amount FROM (SELECT c.id, c.name, c.city, TOTAL(o.quantity * p.price) AS amount\n"
                "FROM orders o, products p, customers c WHERE p.id = o.product_id AND c.id = o.customer_id\n"
                "GROUP BY c.id, c.name, c.city) WHERE city = '{city}'",
            ),
        ),
        Question(
            "group",
            "For each category, how many pieces have been ordered from {first} on in orders of at least {least} "
            "pieces? Return category and number of pieces, categories without such an order left out.",
            "SELECT p.category, SUM(o.quantity) AS pieces FROM orders o JOIN products p ON p.id = o.product_id\n"
            "WHERE o.day >= '{first}' AND o.quantity >= {least} GROUP BY p.category",
            {"first": ("2025-02-01", "2025-04-01", "2025-06-01"), "least": (2, 3, 4, 5)},
            (
                "SELECT category, SUM(quantity) FROM products INNER JOIN orders ON products.id = product_id\n"
                "AND quantity > {least} - 1 AND NOT day < '{first}' GROUP BY 1",
            ),
        ),
        Question(
            "nested",
            "Which products of the category {category} have never been ordered? Return their names.",
            "SELECT name FROM products WHERE category = '{category}' AND id NOT IN (SELECT product_id FROM orders)",
            {"category": "products.category"},
            (
                "SELECT p.name FROM products p LEFT JOIN orders o ON o.product_id = p.id\n"
                "WHERE o.id IS NULL AND p.category = '{category}'",
            ),
        ),
        Question(
            "order",
            "Which {count} customers have placed the most orders? Return name and number of orders, most orders first "
            "and equal numbers by name; leave out those without orders.",
            "SELECT c.name, COUNT(*) AS orders FROM customers c JOIN orders o ON o.customer_id = c.id\n"
            "GROUP BY c.id ORDER BY orders DESC, c.name LIMIT {count}",
            {"count": (2, 3, 4)},
            (
                "SELECT name, placed FROM (SELECT c.name AS name, COUNT(o.id) AS placed FROM orders o, customers c\n"
                "WHERE c.id = o.customer_id GROUP BY c.name) ORDER BY placed DESC, name ASC LIMIT {count}",
            ),
        ),
    ),
)

FLIGHTS: Final = World(
    name="flights",
    tables={
        "airports": ("code TEXT PRIMARY KEY", "city TEXT", "country TEXT"),
        "flights": (
            "id INTEGER PRIMARY KEY",
            "origin TEXT REFERENCES airports (code)",
            "destination TEXT REFERENCES airports (code)",
            "airline TEXT",
            "minutes INTEGER",
            "price INTEGER",
        ),
    },
    rows=_flight_rows,
    questions=(
        Question(
            "filter",
            "Which flights of {airline} take less than {minutes} minutes? Return id, origin and destination.",
            "SELECT id, origin, destination FROM flights WHERE airline = '{airline}' AND minutes < {minutes}",
            {"airline": _AIRLINES, "minutes": (75, 90, 105, 120, 150)},
            (
                "SELECT id, origin, destination FROM flights\n"
                "WHERE minutes <= {minutes} - 1 AND airline LIKE '{airline}'",
            ),
        ),
        Question(
            "join",
            "Which cities can be reached from {city} without a stop? Return each city once.",
            "SELECT DISTINCT b.city FROM flights f JOIN airports a ON a.code = f.origin\n"
            "JOIN airports b ON b.code = f.destination WHERE a.city = '{city}'",
            {"city": "airports.city"},
            (
                "SELECT city FROM airports WHERE code IN (SELECT destination FROM flights\n"
                "WHERE origin = (SELECT code FROM airports WHERE city = '{city}'))",
            ),
        ),
        Question(
            "aggregate",
            "What does the cheapest flight of {airline} that takes {minutes} minutes or more cost? Return one number.",
            "SELECT MIN(price) FROM flights WHERE airline = '{airline}' AND minutes >= {minutes}",
            {"airline": _AIRLINES, "minutes": (60, 90, 120)},
            (
                "SELECT price FROM flights WHERE airline = '{airline}' AND minutes >= {minutes} "
                "ORDER BY price, id LIMIT 1",
            ),
        ),
        Question(
            "group",
            "How many flights leave each airport of {country}? Return code and number, airports without flights left "
            "out.",
            "SELECT f.origin, COUNT(*) AS flights FROM flights f JOIN airports a ON a.code = f.origin\n"
            "WHERE a.country = '{country}' GROUP BY f.origin",
            {"country": "airports.country"},
            (
                "SELECT origin, COUNT(id) FROM flights WHERE origin IN\n"
                "(SELECT code FROM airports WHERE country = '{country}') GROUP BY origin",
            ),
        ),
        Question(
            "order",
            "List the {count} most expensive flights of {airline}: id and price, the highest price first, equal prices "
            "by id.",
            "SELECT id, price FROM flights WHERE airline = '{airline}' ORDER BY price DESC, id LIMIT {count}",
            {"airline": _AIRLINES, "count": (2, 3, 4)},
            (
                "SELECT id, price FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY price DESC, id) AS place FROM flights\n"
                "WHERE airline = '{airline}') WHERE place <= {count} ORDER BY place",
            ),
        ),
        Question(
            "group",
            "Which airlines fly to {country} at an average price below {price}? Return airline and average price.",
            "SELECT f.airline, AVG(f.price) AS average FROM flights f JOIN airports a ON a.code = f.destination\n"
            "WHERE a.country = '{country}' GROUP BY f.airline HAVING AVG(f.price) < {price}",
            {"country": "airports.country", "price": (140, 170, 200)},
            (
                "SELECT airline, average FROM (SELECT airline, 1.0 * SUM(price) / COUNT(*) AS average FROM flights\n"
                "WHERE destination IN (SELECT code FROM airports WHERE country = '{country}') GROUP BY airline)\n"
                "WHERE average < {price}",
            ),
        ),
        Question(
            "nested",
            "Which flights from {country} cost more than the average of all flights? Return id and price.",
            "SELECT f.id, f.price FROM flights f JOIN airports a ON a.code = f.origin\n"
            "WHERE a.country = '{country}' AND f.price > (SELECT AVG(price) FROM flights)",
            {"country": "airports.country"},
            (
                "WITH mean AS (SELECT AVG(price) AS price FROM flights)\n"
                "SELECT f.id, f.price FROM flights f, airports a, mean\n"
                "WHERE f.origin = a.code AND a.country = '{country}' AND f.price > mean.price",
            ),
        ),
    ),
)

CINEMA: Final = World(
    name="cinema",
    tables={
        "films": ("id INTEGER PRIMARY KEY", "title TEXT", "genre TEXT", "minutes INTEGER", "year INTEGER"),
        "halls": ("id INTEGER PRIMARY KEY", "name TEXT", "seats INTEGER"),
        "shows": (
            "id INTEGER PRIMARY KEY",
            "film_id INTEGER REFERENCES films (id)",
            "hall_id INTEGER REFERENCES halls (id)",
            "day TEXT",
            "sold INTEGER",
        ),
    },
    rows=_cinema_rows,
    questions=(
        Question(
            "filter",
            "Which films of the genre {genre} are longer than {minutes} minutes? Return title and minutes.",
            "SELECT title, minutes FROM films WHERE genre = '{genre}' AND minutes > {minutes}",
            {"genre": _GENRES, "minutes": (85, 90, 100, 110)},
            ("SELECT title, minutes FROM films WHERE minutes >= {minutes} + 1 AND genre = '{genre}'",),
        ),
        Question(
            "aggregate",
            "How many tickets have been sold for films made since {year}? Return one number.",
            "SELECT SUM(s.sold) FROM shows s JOIN films f ON f.id = s.film_id WHERE f.year >= {year}",
            {"year": (1995, 2000, 2005, 2010, 2015)},
            ("SELECT SUM(sold) FROM shows WHERE film_id IN (SELECT id FROM films WHERE year > {year} - 1)",),
        ),
        Question(
            "join",
            "On which days was a {genre} film shown in the hall {hall}? Return day and title.",
            "SELECT s.day, f.title FROM shows s JOIN films f ON f.id = s.film_id JOIN halls h ON h.id = s.hall_id\n"
            "WHERE f.genre = '{genre}' AND h.name = '{hall}'",
            {"genre": _GENRES, "hall": "halls.name"},
            (
                "SELECT day, title FROM films CROSS JOIN shows WHERE films.id = film_id AND genre = '{genre}'\n"
                "AND hall_id = (SELECT id FROM halls WHERE name = '{hall}')",
            ),
        ),
        Question(
            "group",
            "How many shows with {least} or more tickets sold has each film of the genre {genre} had? Return title and "
            "number, also for films without any.",
            "SELECT f.title, COUNT(s.id) AS shows FROM films f\n"
            "LEFT JOIN shows s ON s.film_id = f.id AND s.sold >= {least} WHERE f.genre = '{genre}' GROUP BY f.id",
            {"genre": _GENRES, "least": (10, 20, 30)},
            (
                "SELECT title, (SELECT COUNT(*) FROM shows WHERE film_id = films.id AND sold >= {least}) FROM films\n"
                "WHERE genre = '{genre}'",
            ),
        ),
        Question(
            "order",
            "List the films made since {year} by the tickets sold in the hall {hall}: title and tickets, most tickets "
            "first, equal numbers by title; only films shown there.",
            "SELECT f.title, SUM(s.sold) AS tickets FROM shows s JOIN films f ON f.id = s.film_id\n"
            "JOIN halls h ON h.id = s.hall_id WHERE h.name = '{hall}' AND f.year >= {year}\n"
            "GROUP BY f.id ORDER BY tickets DESC, f.title",
            {"hall": "halls.name", "year": (1992, 1995, 1998)},
            (
                "WITH here AS (SELECT * FROM shows WHERE hall_id = (SELECT id FROM halls WHERE name = '{hall}'))\n"
                "SELECT title, SUM(sold) FROM here JOIN films ON films.id = film_id AND year >= {year}\n"
                "GROUP BY title ORDER BY 2 DESC, 1",
            ),
        ),
        Question(
            "nested",
            "Which shows from {first} on sold more than {share} percent of their hall's seats? Return show id and day.",
            "SELECT s.id, s.day FROM shows s JOIN halls h ON h.id = s.hall_id\n"
            "WHERE s.day >= '{first}' AND s.sold * 100 > h.seats * {share}",
            {"first": ("2025-02-01", "2025-04-01", "2025-06-01"), "share": (50, 60, 75)},
            (
                "SELECT id, day FROM shows WHERE day >= '{first}' AND\n"
                "1.0 * sold / (SELECT seats FROM halls WHERE halls.id = hall_id) > {share} / 100.0",
            ),
        ),
        Question(
            "group",
            "In which months of 2025 were more than {least} tickets sold? Return the month as 'YYYY-MM' and the "
            "tickets.",
            "SELECT SUBSTR(day, 1, 7) AS month, SUM(sold) AS tickets FROM shows GROUP BY month\n"
            "HAVING SUM(sold) > {least}",
            {"least": (40, 60, 80, 100, 120)},
            (
                "SELECT * FROM (SELECT STRFTIME('%Y-%m', day) AS month, SUM(sold) AS tickets FROM shows GROUP BY 1)\n"
                "WHERE tickets > {least}",
            ),
        ),
    ),
)
