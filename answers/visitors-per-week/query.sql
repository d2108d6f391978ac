-- A week begins on Monday, as date_trunc has it (Trino documentation, "Date and time functions").
WITH once AS (
  SELECT
    min(event_time) AS event_time,
    min(visitor) AS visitor
  FROM events
  WHERE {{ conditions }}
  GROUP BY request_id
),
dated AS (
  SELECT
    CAST(date_trunc('week', CAST(event_time AT TIME ZONE {{ time_zone }} AS date)) AS date) AS week,
    visitor
  FROM once
)
SELECT
  week,
  count(DISTINCT visitor) AS visitors,
  count(*) AS events
FROM dated
GROUP BY week
ORDER BY week
