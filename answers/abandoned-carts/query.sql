-- A cart is what a visitor did last with an item. It is abandoned after an hour without a purchase.
-- A purchase that the site's server sends is that of every visitor whose browser named the order.
WITH once AS (
  SELECT
    min(traffic) AS traffic,
    min(CASE WHEN traffic <> 'server' THEN visitor END) AS visitor,
    min(site) AS site,
    min(order_id) AS order_id,
    min(event) AS event,
    min(event_time) AS event_time,
    coalesce(min(item), '(none)') AS item,
    coalesce(min(currency), '(none)') AS currency,
    coalesce(min(value), 0) AS value
  FROM events
  WHERE {{ conditions }}
    AND (visitor IS NOT NULL OR traffic = 'server')
    AND (event IN ('cart', 'purchase') OR order_id IS NOT NULL)
  GROUP BY request_id
),
named AS (
  SELECT
    once.*,
    -- What is of no order is beside its visitor's alone: all of it would be too much for one window.
    max(CASE WHEN traffic = 'server' AND event = 'purchase' AND order_id IS NOT NULL THEN event_time END)
      OVER (PARTITION BY site, order_id, CASE WHEN order_id IS NULL THEN visitor END) AS sold
  FROM once
),
followed AS (
  SELECT
    named.*,
    max(CASE WHEN event = 'purchase' THEN event_time END) OVER (PARTITION BY visitor) AS last_purchase,
    max(sold) OVER (PARTITION BY visitor) AS last_sold,
    row_number() OVER (PARTITION BY visitor, event, item, currency ORDER BY event_time DESC, value DESC) AS place
  FROM named
  WHERE visitor IS NOT NULL
),
cart AS (
  SELECT
    item,
    currency,
    value,
    event_time,
    coalesce(last_purchase >= event_time OR last_sold >= event_time, false) AS bought
  FROM followed
  WHERE event = 'cart' AND place = 1
),
counted AS (
  SELECT
    item,
    currency,
    count(*) AS carts,
    count_if(NOT bought) AS abandoned,
    sum(CASE WHEN bought THEN 0 ELSE value END) AS abandoned_value
  FROM cart
  WHERE bought OR event_time < date_add('hour', -1, current_timestamp)
  GROUP BY item, currency
)
SELECT
  item,
  currency,
  carts,
  abandoned,
  (1000 * abandoned + carts / 2) / carts / 1e1 AS abandoned_percent,
  abandoned_value
FROM counted
ORDER BY abandoned DESC, item, currency
LIMIT 100
