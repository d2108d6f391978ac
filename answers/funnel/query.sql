-- An event that is a step is a number: its milliseconds since 1970, and behind them the step's. In their order, a visitor
-- has come a step further at each one that is the next. An event counts by its name, and by its page if steps are pages.
-- What the site's server sends of an order is of every visitor whose browser named the order.
WITH once AS (
  SELECT
    min(CASE WHEN traffic <> 'server' THEN visitor END) AS visitor,
    min(CAST(to_unixtime(event_time) * 1000 AS bigint)) AS milliseconds,
    min(array_position({{ funnel }}, event)) AS event_step,
    min(array_position({{ funnel }}, {{ funnel_page }})) AS page_step,
    min(CASE WHEN order_id IS NOT NULL THEN site END) AS site,
    min(order_id) AS order_id
  FROM events
  WHERE {{ conditions }}
    AND (visitor IS NOT NULL OR (traffic = 'server' AND order_id IS NOT NULL))
  GROUP BY request_id
),
-- Of the first step only the earliest time counts: most events are that, and the lists of the others are short.
counted AS (
  SELECT
    visitor,
    site,
    order_id,
    min(CASE WHEN event_step = 1 OR page_step = 1 THEN 16 * milliseconds + 1 END) AS began,
    array_agg(16 * milliseconds + event_step) FILTER (WHERE event_step > 1) AS by_event,
    array_agg(16 * milliseconds + page_step) FILTER (WHERE page_step > 1) AS by_page
  FROM once
  WHERE event_step > 0 OR page_step > 0 OR order_id IS NOT NULL
  GROUP BY visitor, site, order_id
),
listed AS (
  SELECT
    visitor,
    site,
    order_id,
    flatten(filter(ARRAY[ARRAY[began], by_event, by_page], list -> list IS NOT NULL)) AS taken
  FROM counted
),
named AS (
  SELECT
    visitor,
    taken,
    array_agg(CASE WHEN visitor IS NULL THEN taken END)
      OVER (PARTITION BY site, order_id, CASE WHEN order_id IS NULL THEN visitor END) AS sent_by_server
  FROM listed
),
followed AS (
  SELECT flatten(array_agg(taken || flatten(filter(sent_by_server, list -> list IS NOT NULL)))) AS taken
  FROM named
  WHERE visitor IS NOT NULL
  GROUP BY visitor
),
come AS (
  SELECT
    reduce(
      array_sort(filter(taken, one -> one IS NOT NULL)),
      0,
      (reached, one) -> if(one % 16 = reached + 1, reached + 1, reached),
      reached -> reached) AS reached
  FROM followed
),
grouped AS (
  SELECT reached, count(*) AS visitors
  FROM come
  GROUP BY reached
),
steps AS (
  SELECT
    step,
    element_at({{ funnel }}, step) AS event,
    coalesce(sum(CASE WHEN reached >= step THEN visitors END), 0) AS visitors
  FROM UNNEST(sequence(1, cardinality({{ funnel }}))) AS numbers (step)
  LEFT JOIN grouped ON true
  GROUP BY step
),
compared AS (
  SELECT
    steps.*,
    lag(visitors) OVER (ORDER BY step) AS visitors_before,
    max(visitors) OVER () AS first_visitors -- nobody takes a step without the first
  FROM steps
)
SELECT
  step,
  event,
  visitors,
  visitors_before - visitors AS lost,
  (1000 * (visitors_before - visitors) + visitors_before / 2) / nullif(visitors_before, 0) / 1e1 AS lost_percent,
  (1000 * visitors + first_visitors / 2) / nullif(first_visitors, 0) / 1e1 AS reached_percent
FROM compared
ORDER BY step
