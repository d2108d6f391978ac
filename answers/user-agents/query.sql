SELECT
  traffic,
  browser,
  os,
  device,
  user_agent,
  count(DISTINCT request_id) AS events,
  count(DISTINCT visitor_key) AS visitors
FROM events
WHERE {{ conditions }}
GROUP BY traffic, browser, os, device, user_agent
ORDER BY events DESC, user_agent, traffic
LIMIT 100
