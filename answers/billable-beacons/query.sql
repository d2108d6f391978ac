-- No LIMIT: a bill must be whole.
WITH once AS (
  SELECT
    coalesce(min(site), '(none)') AS site,
    coalesce(min(item), '(none)') AS item,
    min(event) AS event,
    min(visitor) AS visitor
  FROM events
  WHERE {{ conditions }}
    AND method = 'GET'
  GROUP BY request_id
)
SELECT
  site,
  item,
  event,
  count(*) AS beacons,
  count(DISTINCT visitor) AS visitors
FROM once
GROUP BY site, item, event
ORDER BY beacons DESC, site, item, event
