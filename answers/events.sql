SELECT
  {{ typed_columns }}
FROM pixel_days
UNION ALL
/* A day is typed or raw, never both: of a typed day no raw line is read, whatever the catalog has of it. And a line that
   came twice, before midnight and after, is not there again when only the first of the days is typed. */
SELECT
  {{ raw_columns }}
FROM raw_events
WHERE dt NOT IN (SELECT DISTINCT dt FROM pixel_days)
  AND (
    request_id IS NULL
    OR request_id NOT IN (
      SELECT request_id
      FROM pixel_days
      WHERE dt = (SELECT max(dt) FROM pixel_days)
        AND request_id IS NOT NULL
    )
  )
