WITH once AS (
  SELECT
    min(traffic) AS traffic,
    min(browser) AS browser,
    min(os) AS os,
    min(device) AS device,
    min(user_agent) AS user_agent,
    min(visitor) AS visitor
  FROM events
  WHERE {{ conditions }}
  GROUP BY request_id
)
SELECT
  traffic,
  browser,
  os,
  device,
  user_agent,
  count(*) AS events,
  count(DISTINCT visitor) AS visitors
FROM once
GROUP BY traffic, browser, os, device, user_agent
ORDER BY events DESC, user_agent, traffic, browser, os, device
LIMIT 100
