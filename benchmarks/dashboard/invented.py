"""An archive of invented events of any size, made by DuckDB in seconds, with the columns of the real one."""

from __future__ import annotations

from ibis.backends.duckdb import Backend

A_VIEWING = 3.25  # events
DAYS = 28

# One viewing a row: evenings are busier, few videos are shown often, a third is swiped away within seconds.
VIEWINGS = """
CREATE OR REPLACE TEMP TABLE invented AS
SELECT
  i AS number,
  1 + (hash(i, 1) % {viewers})::BIGINT AS viewer,
  1 + floor({videos} * pow((hash(i, 2) % 1000000) / 1000000.0, 2))::BIGINT AS video,
  TIMESTAMPTZ '{start}' + to_microseconds(
    (hash(i, 1, 3) % {days})::BIGINT * 86400000000
    + (64800 + 3600 * sin(6.283 * (hash(i, 4) % 1000) / 1000.0) * 5)::BIGINT * 1000000
    + (hash(i, 5) % 7200000000)::BIGINT) AS began,
  CASE WHEN hash(i, 6) % 3 = 0 THEN (hash(i, 7) % 2500) / 1000.0
       ELSE -8 * ln(1 - (hash(i, 8) % 999999) / 1000000.0) END AS watched,
  hash(i, 9) % 100 AS luck,
FROM range({viewings}) t(i)
"""
EVENTS = """
COPY (
  WITH v AS (
    SELECT n.*, lengths.seconds, least(watched, lengths.seconds) AS watch, watched >= lengths.seconds AS ended
    FROM invented n JOIN lengths USING (video)
  ),
  e AS (
    SELECT *, unnest(
      ['impression', 'play', CASE WHEN ended THEN 'complete' ELSE 'skip' END]
      || CASE WHEN luck < 4 THEN ['like'] WHEN luck < 5 THEN ['share'] WHEN luck < 6 THEN ['follow']
              WHEN luck < 25 THEN ['progress'] ELSE [] END) AS type
    FROM v
  )
  SELECT
    uuid()::VARCHAR AS id, viewer, false AS simulated, type, video, 's' || viewer AS session,
    'p' || (number // 8) AS request, (number % 8)::SMALLINT AS position,
    CASE WHEN type IN ('complete', 'skip') THEN (watch * 1000)::INTEGER END AS watch_ms,
    CASE WHEN type IN ('complete', 'skip') THEN '{{"quartile": ' || least(4, floor(watch / seconds * 4))::INT || '}}'
         ELSE '{{}}' END AS detail,
    began AS happened, began AS received, '' AS flags, true AS counted
  FROM e
) TO '{file}' (FORMAT parquet)
"""


def invent(engine: Backend, *, events: int, viewers: int, videos: int, start: str, file: str) -> None:
    """Write about ``events`` events of ``DAYS`` days from ``start`` to a Parquet file; ``lengths`` (video, seconds) is known."""
    engine.con.execute(
        VIEWINGS.format(
            viewers=viewers, videos=videos, start=start, days=DAYS, viewings=round(events / A_VIEWING)
        )
    )
    engine.con.execute(EVENTS.format(file=file))
