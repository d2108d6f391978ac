-- A step counts at or after the earliest moment at which the steps before it were taken.
-- A purchase that the site's server sends is that of every visitor whose browser named the order.
WITH once AS (
  SELECT
    min(CASE WHEN traffic <> 'server' THEN visitor END) AS visitor,
    min(event) AS event,
    min(event_time) AS event_time,
    min(CASE WHEN order_id IS NOT NULL THEN site END) AS site,
    min(order_id) AS order_id
  FROM events
  WHERE {{ conditions }}
    AND (visitor IS NOT NULL OR (traffic = 'server' AND order_id IS NOT NULL))
    AND (event IN ('view', 'product', 'cart', 'checkout', 'purchase') OR order_id IS NOT NULL)
  GROUP BY request_id
),
-- No window over all events: few visitors come further than the first step, so their lists are short, and fewer name
-- an order.
stepped AS (
  SELECT
    visitor,
    site,
    order_id,
    min(CASE WHEN event = 'view' THEN event_time END) AS viewed,
    array_agg(event_time) FILTER (WHERE event = 'product') AS products,
    array_agg(event_time) FILTER (WHERE event = 'cart') AS carts,
    array_agg(event_time) FILTER (WHERE event = 'checkout') AS checkouts,
    max(CASE WHEN event = 'purchase' THEN event_time END) AS last_purchase
  FROM once
  GROUP BY visitor, site, order_id
),
named AS (
  SELECT
    stepped.*,
    max(CASE WHEN visitor IS NULL THEN last_purchase END)
      OVER (PARTITION BY site, order_id, CASE WHEN order_id IS NULL THEN visitor END) AS sold
  FROM stepped
),
taken AS (
  SELECT
    min(viewed) AS viewed,
    flatten(array_agg(products) FILTER (WHERE products IS NOT NULL)) AS products,
    flatten(array_agg(carts) FILTER (WHERE carts IS NOT NULL)) AS carts,
    flatten(array_agg(checkouts) FILTER (WHERE checkouts IS NOT NULL)) AS checkouts,
    max(last_purchase) AS last_purchase,
    max(sold) AS last_sold
  FROM named
  WHERE visitor IS NOT NULL
  GROUP BY visitor
),
looking AS (
  SELECT taken.*, element_at(array_sort(filter(products, moment -> moment >= viewed)), 1) AS looked
  FROM taken
),
choosing AS (
  SELECT looking.*, element_at(array_sort(filter(carts, moment -> moment >= looked)), 1) AS chose
  FROM looking
),
paying AS (
  SELECT choosing.*, element_at(array_sort(filter(checkouts, moment -> moment >= chose)), 1) AS paid
  FROM choosing
),
reached AS (
  SELECT ARRAY[
    count(viewed),
    count(looked),
    count(chose),
    count(paid),
    count_if(last_purchase >= paid OR last_sold >= paid)
  ] AS visitors
  FROM paying
),
steps AS (
  SELECT step, element_at(visitors, step) AS visitors, element_at(visitors, 1) AS first_visitors
  FROM reached
  CROSS JOIN UNNEST(ARRAY[1, 2, 3, 4, 5]) AS numbers (step)
),
compared AS (
  SELECT steps.*, lag(visitors) OVER (ORDER BY step) AS visitors_before
  FROM steps
)
SELECT
  step,
  element_at(ARRAY['view', 'product', 'cart', 'checkout', 'purchase'], step) AS event,
  visitors,
  visitors_before - visitors AS lost,
  (1000 * (visitors_before - visitors) + visitors_before / 2) / nullif(visitors_before, 0) / 1e1 AS lost_percent,
  (1000 * visitors + first_visitors / 2) / nullif(first_visitors, 0) / 1e1 AS reached_percent
FROM compared
ORDER BY step
