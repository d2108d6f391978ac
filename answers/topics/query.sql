-- The first folder of the path, or of the route behind a #, decoded where it can be.
WITH once AS (
  SELECT
    min(page_path) AS page_path,
    coalesce(min(country), '(unknown)') AS country,
    min(device) AS device,
    min(visitor) AS visitor
  FROM events
  WHERE {{ conditions }}
    AND event = 'view'
  GROUP BY request_id
),
named AS (
  SELECT {{ folder }} AS folder, country, device, visitor
  FROM once
)
SELECT
  section,
  country,
  device,
  count(*) AS events,
  count(DISTINCT visitor) AS visitors
FROM (
  SELECT
    CASE
      WHEN folder IS NULL THEN '(unknown)'
      WHEN folder = '' THEN '(front page)'
      WHEN strpos(folder, '%') = 0 THEN folder
      ELSE coalesce(try(url_decode(replace(folder, '+', '%2B'))), folder)
    END AS section,
    country,
    device,
    visitor
  FROM named
)
GROUP BY section, country, device
ORDER BY events DESC, section, country, device
LIMIT 1000
