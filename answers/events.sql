SELECT
  {{ typed_columns }}
FROM pixel_days
UNION ALL
/* A day is typed or raw, never both: of a typed day no raw line is read, whatever the catalog has of it. A line that came
   twice, before midnight and after, may be in a typed day and in a raw one beside it: then the typed one counts. */
SELECT
  {{ raw_columns }}
FROM raw_events
WHERE dt NOT IN (SELECT DISTINCT dt FROM pixel_days)
  AND (
    request_id IS NULL
    OR request_id NOT IN (
      SELECT request_id
      FROM pixel_days
      WHERE request_id IS NOT NULL
        AND dt IN (
          SELECT dt
          FROM (
            SELECT dt, lag(dt) OVER (ORDER BY dt) AS before, lead(dt) OVER (ORDER BY dt) AS after
            FROM (SELECT DISTINCT dt FROM pixel_days)
          )
          WHERE after IS NULL
            OR date_diff('day', date(dt), date(after)) > 1
            OR date_diff('day', date(before), date(dt)) > 1
        )
    )
  )
