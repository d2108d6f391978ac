-- A step counts at or after the earliest moment at which the steps before it were taken.
WITH once AS (
  SELECT
    min(visitor) AS visitor,
    min(event) AS event,
    min(event_time) AS event_time
  FROM events
  WHERE {{ conditions }}
    AND visitor IS NOT NULL
    AND event IN ('view', 'product', 'cart', 'checkout', 'purchase')
  GROUP BY request_id
),
viewing AS (
  SELECT
    once.*,
    min(CASE WHEN event = 'view' THEN event_time END) OVER (PARTITION BY visitor) AS viewed
  FROM once
),
looking AS (
  SELECT
    viewing.*,
    min(CASE WHEN event = 'product' AND event_time >= viewed THEN event_time END) OVER (PARTITION BY visitor) AS looked
  FROM viewing
),
choosing AS (
  SELECT
    looking.*,
    min(CASE WHEN event = 'cart' AND event_time >= looked THEN event_time END) OVER (PARTITION BY visitor) AS chose
  FROM looking
),
paying AS (
  SELECT
    choosing.*,
    min(CASE WHEN event = 'checkout' AND event_time >= chose THEN event_time END) OVER (PARTITION BY visitor) AS paid
  FROM choosing
),
reached AS (
  SELECT ARRAY[
    count(DISTINCT CASE WHEN viewed IS NOT NULL THEN visitor END),
    count(DISTINCT CASE WHEN looked IS NOT NULL THEN visitor END),
    count(DISTINCT CASE WHEN chose IS NOT NULL THEN visitor END),
    count(DISTINCT CASE WHEN paid IS NOT NULL THEN visitor END),
    count(DISTINCT CASE WHEN event = 'purchase' AND event_time >= paid THEN visitor END)
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
