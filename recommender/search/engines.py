"""The database's full-text search behind one function: SQLite's FTS5, PostgreSQL's text search.

Queries are built of our own terms only, which hold letters and digits, so nothing a person types is read as syntax.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from generation.language.stems import stem
from recommender.search.terms import Word, edits

WEIGHTS = (8.0, 5.0, 4.0, 3.0, 1.0)  # title, tags, creator, words, spoken
MOST = 500  # hits of one word that are looked at, best first
_CLOSE = 4  # letters a Latin word needs before it may be a misspelled one
_SPELLINGS = 3


def hits(word: Word) -> dict[int, float]:
    """Videos whose document answers ``word``, with how well (larger is better); at most ``MOST``, the best ones."""
    sql, parameters = _ENGINES[connection.vendor](word)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return {pk: float(score) for pk, score in cursor.fetchall()}


def _sqlite(word: Word) -> tuple[str, Sequence[str]]:
    """BM25 (https://doi.org/10.1561/1500000019), whose sign FTS5 turns around."""
    weights = ", ".join(str(weight) for weight in WEIGHTS)
    asked = " OR ".join(
        [f'"{term}"' for term in word.terms] + ([f'"{word.prefix}" *'] if word.prefix else [])
    )
    sql = (
        f"SELECT rowid, -bm25(recommender_searchindex, {weights}) AS score FROM recommender_searchindex "  # noqa: S608
        f"WHERE recommender_searchindex MATCH %s ORDER BY score DESC LIMIT {MOST}"
    )
    return sql, [asked]


def _postgresql(word: Word) -> tuple[str, Sequence[str]]:
    """``ts_rank`` knows nothing of how rare a word is, so the logarithm of that stands beside it."""
    asked = " | ".join([f"'{term}'" for term in word.terms] + ([f"'{word.prefix}':*"] if word.prefix else []))
    most = max(WEIGHTS)
    weights = "{" + ", ".join(str(WEIGHTS[i] / most) for i in (4, 3, 1, 0)) + "}"  # D, C, B, A
    sql = f"""
        WITH asked AS (SELECT to_tsquery('simple', %s) AS query),
        found AS (
            SELECT video_id, ts_rank(%s::real[], recommender_search_vector(title, tags, creator, words, spoken), query)
            AS rank FROM recommender_searchdocument, asked
            WHERE recommender_search_vector(title, tags, creator, words, spoken) @@ query
        )
        SELECT video_id, rank * ln(1 + (SELECT count(*) FROM recommender_searchdocument)::float / count(*) OVER ())
        FROM found ORDER BY 2 DESC LIMIT {MOST}
    """  # noqa: S608
    return sql, [asked, weights]


_ENGINES = {"sqlite": _sqlite, "postgresql": _postgresql}


def spellings(word: Word) -> list[str]:
    """Terms of the index that a misspelled Latin word may stand for, nearest and then most frequent first.

    One slip is forgiven from four letters on, two from eight; the first letter has to be right.
    """
    if word.is_hanzi or len(word.text) < _CLOSE or not word.text.isascii():
        return []
    most = 1 if len(word.text) < 2 * _CLOSE else 2
    near = []
    for term, count in vocabulary(word.text[0]):
        distance = edits(word.text, term, most=most)
        if distance <= most:
            near.append((distance, -count, term))
    stems = {stem(term) for _, _, term in near if stem(term) != term}  # found beside the words they come from
    return [term for _, _, term in sorted(near) if term not in stems][:_SPELLINGS]


def vocabulary(first: str) -> list[tuple[str, int]]:
    """Latin terms of the index that begin with the letter ``first``, with the number of documents that hold each."""
    if connection.vendor == "sqlite":
        sql = "SELECT term, doc FROM recommender_searchterm WHERE term >= %s AND term < %s"
        parameters = [first, chr(ord(first) + 1)]
    else:
        sql = (
            "SELECT word, ndoc FROM ts_stat('SELECT recommender_search_vector(title, tags, creator, words, spoken) "
            "FROM recommender_searchdocument') WHERE starts_with(word, %s)"
        )
        parameters = [first]
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [(term, count) for term, count in cursor.fetchall()]
