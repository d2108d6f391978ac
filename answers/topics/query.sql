-- The first folder of the path, decoded where it can be.
SELECT
  section,
  country,
  device,
  count(DISTINCT request_id) AS events,
  count(DISTINCT visitor_key) AS visitors
FROM (
  SELECT
    CASE
      WHEN folder IS NULL THEN '(unknown)'
      WHEN folder = '' THEN '(front page)'
      ELSE coalesce(try(url_decode(replace(folder, '+', '%2B'))), folder)
    END AS section,
    country,
    device,
    request_id,
    visitor_key
  FROM (
    SELECT
      regexp_extract(page_path, '^/([^/]*)', 1) AS folder,
      coalesce(country, '(unknown)') AS country,
      device,
      request_id,
      visitor_key
    FROM events
    WHERE {{ conditions }}
      AND event = 'view'
  )
)
GROUP BY section, country, device
ORDER BY events DESC, section, country, device
LIMIT 1000
