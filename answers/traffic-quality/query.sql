WITH once AS (
  SELECT
    min(traffic) AS traffic,
    min(traffic_reason) AS traffic_reason,
    coalesce(min(asn), 0) AS network,
    min(visitor) AS visitor
  FROM events
  WHERE {{ conditions }}
  GROUP BY request_id
),
counted AS (
  SELECT
    traffic,
    traffic_reason,
    network,
    count(*) AS events,
    count(DISTINCT visitor) AS visitors
  FROM once
  GROUP BY GROUPING SETS ((traffic, traffic_reason), (traffic, traffic_reason, network))
),
ranked AS (
  SELECT
    counted.*,
    first_value(network) OVER (PARTITION BY traffic, traffic_reason ORDER BY network IS NULL, events DESC, network)
      AS top_network,
    first_value(events) OVER (PARTITION BY traffic, traffic_reason ORDER BY network IS NULL, events DESC, network)
      AS top_events
  FROM counted
),
classes AS (
  SELECT ranked.*, sum(events) OVER () AS all_events
  FROM ranked
  WHERE network IS NULL
)
SELECT
  traffic,
  traffic_reason,
  events,
  (1000 * events + all_events / 2) / all_events / 1e1 AS events_percent,
  visitors,
  nullif(top_network, 0) AS top_network,
  (1000 * top_events + events / 2) / events / 1e1 AS top_network_percent
FROM classes
ORDER BY events DESC, traffic, traffic_reason
