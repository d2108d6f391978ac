-- No LIMIT: a bill must be whole.
SELECT
  coalesce(site, '(none)') AS site,
  coalesce(item, '(none)') AS item,
  event,
  count(DISTINCT request_id) AS beacons,
  count(DISTINCT visitor_key) AS visitors
FROM events
WHERE {{ conditions }}
  AND method = 'GET'
  AND status < 400
GROUP BY coalesce(site, '(none)'), coalesce(item, '(none)'), event
ORDER BY beacons DESC, site, item, event
