-- Of an order the earliest purchase counts, and each refund once; the visitor's campaigns up to then earn it.
-- What the site's server sends of an order is its visitor's: of the one whose browser was the first to name the order.
WITH once AS (
  SELECT
    request_id,
    min(event_time) AS event_time,
    min(traffic) AS traffic,
    min(CASE WHEN traffic <> 'server' THEN visitor END) AS visitor,
    min(event) AS event,
    min(site) AS site,
    min(item) AS item,
    coalesce(min(order_id), request_id) AS order_id,
    coalesce(min(value), 0) AS value,
    coalesce(min(currency), '(none)') AS currency,
    min(CASE
      WHEN coalesce(utm_source, utm_medium, utm_campaign) IS NOT NULL
        THEN ARRAY[coalesce(utm_source, '(none)'), coalesce(utm_medium, '(none)'), coalesce(utm_campaign, '(none)')]
    END) AS touch
  FROM events
  WHERE {{ conditions }}
    AND (
      event IN ('purchase', 'refund')
      OR order_id IS NOT NULL
      OR coalesce(utm_source, utm_medium, utm_campaign) IS NOT NULL
    )
  GROUP BY request_id
),
named AS (
  SELECT
    once.*,
    CASE
      WHEN traffic = 'server' THEN first_value(visitor) IGNORE NULLS OVER (
        PARTITION BY site, order_id ORDER BY event_time, request_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      )
      ELSE visitor
    END AS buyer
  FROM once
),
separate AS (
  -- Of whom nothing is known, is alone.
  SELECT named.*, CASE WHEN buyer IS NULL THEN request_id END AS nobody
  FROM named
),
touched AS (
  SELECT
    separate.*,
    event = 'refund' OR value < 0 AS refunded,
    first_value(touch) IGNORE NULLS OVER (
      PARTITION BY buyer, nobody ORDER BY event_time, request_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS first_touch,
    last_value(touch) IGNORE NULLS OVER (
      PARTITION BY buyer, nobody ORDER BY event_time, request_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS last_touch
  FROM separate
),
sold AS (
  -- A server that knows no campaign does not take it from the visitor's own purchase.
  SELECT
    touched.*,
    row_number() OVER (
      PARTITION BY site, order_id
      ORDER BY refunded, traffic = 'server' AND first_touch IS NULL, event_time, request_id
    ) AS crediting,
    CASE WHEN refunded THEN -abs(value) ELSE value END AS amount,
    row_number() OVER (
      PARTITION BY site, order_id, refunded, CASE WHEN refunded THEN item END, CASE WHEN refunded THEN abs(value) END
      ORDER BY event_time, request_id
    ) AS copy
  FROM touched
  WHERE event IN ('purchase', 'refund')
),
earned AS (
  SELECT
    currency,
    amount,
    refunded,
    copy,
    first_value(first_touch) OVER (PARTITION BY site, order_id ORDER BY crediting) AS first_touch,
    first_value(last_touch) OVER (PARTITION BY site, order_id ORDER BY crediting) AS last_touch
  FROM sold
),
credited AS (
  SELECT
    currency,
    amount,
    refunded,
    which,
    coalesce(CASE which WHEN 'first' THEN first_touch ELSE last_touch END, ARRAY['(none)', '(none)', '(none)']) AS touch
  FROM earned
  CROSS JOIN UNNEST(ARRAY['first', 'last']) AS touches (which)
  WHERE copy = 1
)
SELECT
  element_at(touch, 1) AS source,
  element_at(touch, 2) AS medium,
  element_at(touch, 3) AS campaign,
  currency,
  count_if(which = 'first' AND NOT refunded) AS first_touch_orders,
  sum(CASE WHEN which = 'first' THEN amount ELSE 0 END) AS first_touch_revenue,
  count_if(which = 'last' AND NOT refunded) AS last_touch_orders,
  sum(CASE WHEN which = 'last' THEN amount ELSE 0 END) AS last_touch_revenue
FROM credited
GROUP BY touch, currency
ORDER BY currency, last_touch_revenue DESC, source, medium, campaign
LIMIT 500
