-- Usual is the median of comparable hours: of the same hour of the day, from three weeks on of the same weekday too,
-- and of every hour before there are five days. Far from it is more than 6 times their median absolute deviation, or
-- more than 6 times what chance explains, the root of the median. Hours without events count, from the first event on:
-- every quarter of an hour is put in, because an hour of local time may begin, and a clock may change, at any of them.
-- An order is one line, whatever its events say; its time is that of the last.
WITH once AS (
  SELECT
    request_id,
    min(event_time) AS event_time,
    min(event) AS event,
    min(page) AS page,
    min(status) AS status,
    min(method) AS method,
    min(query) AS query,
    min(user_agent) AS user_agent,
    min(visitor) AS visitor,
    min(asn) AS asn,
    min(country) AS country,
    min(site) AS site,
    min(order_id) AS order_id,
    min(value) AS value,
    min(currency) AS currency,
    min(malformed_value) AS malformed_value
  FROM events
  WHERE {{ conditions }}
  GROUP BY request_id
),
found AS (
  SELECT once.*, reason
  FROM once
  CROSS JOIN UNNEST(ARRAY[
    CASE WHEN {{ got_image }} THEN 'hour' END,
    CASE WHEN {{ got_image }} THEN 'replay_storm' END,
    CASE WHEN status >= 400 THEN 'error_status' END,
    CASE WHEN method NOT IN ('GET', 'HEAD') THEN 'unusual_method' END,
    CASE WHEN regexp_like(query, '%(?:[^0-9a-fA-F]|[0-9a-fA-F][^0-9a-fA-F]|[0-9a-fA-F]?$)') THEN 'malformed_query' END,
    CASE WHEN user_agent IS NULL THEN 'no_user_agent' END,
    CASE WHEN malformed_value IS NOT NULL THEN 'malformed_value' END,
    CASE
      WHEN {{ got_image }} AND event = 'purchase' AND order_id IS NOT NULL AND value >= 0 THEN 'conflicting_order'
    END
  ]) AS reasons (reason)
),
observation AS (
  SELECT
    CASE reason WHEN 'hour' THEN 'hour' WHEN 'replay_storm' THEN 'storm' ELSE 'event' END AS kind,
    reason,
    CASE reason WHEN 'replay_storm' THEN date_trunc('minute', event_time) ELSE event_time END AS moment,
    CASE reason
      WHEN 'hour' THEN NULL
      WHEN 'error_status' THEN CAST(status AS varchar)
      WHEN 'unusual_method' THEN method
      WHEN 'malformed_value' THEN malformed_value
      WHEN 'conflicting_order' THEN order_id
      ELSE page
    END AS detail,
    CASE reason
      WHEN 'hour' THEN NULL
      WHEN 'replay_storm' THEN concat_ws(' ', CAST(visitor AS varchar), user_agent, CAST(asn AS varchar), country, event)
      WHEN 'conflicting_order' THEN site
      ELSE request_id
    END AS sender,
    CASE reason WHEN 'conflicting_order' THEN concat_ws(' ', {{ exact_value }}, coalesce(currency, '(none)')) END AS amount,
    request_id
  FROM found
  WHERE reason IS NOT NULL
  UNION ALL
  SELECT
    'hour',
    'hour',
    date_add('minute', 15 * (96 * day + quarter), CAST(date_trunc('hour', {{ begin }}) AS timestamp(3))),
    NULL,
    NULL,
    NULL,
    NULL
  FROM UNNEST(sequence(0, date_diff('day', {{ begin }}, {{ end }}) + 1)) AS days (day)
  CROSS JOIN UNNEST(sequence(0, 95)) AS quarters (quarter)
),
timed AS (
  SELECT observation.*, CAST(moment AT TIME ZONE {{ time_zone }} AS timestamp(3)) AS local_time
  FROM observation
),
counted AS (
  SELECT
    kind,
    reason,
    coalesce(
      CASE WHEN kind = 'hour' THEN date_trunc('hour', local_time) WHEN reason <> 'conflicting_order' THEN local_time END,
      max_by(local_time, moment)
    ) AS event_time,
    detail,
    CASE WHEN kind <> 'hour' THEN min(request_id) END AS request_id,
    count(request_id) AS n,
    array_distinct(array_agg(amount) FILTER (WHERE amount IS NOT NULL)) AS amounts,
    CASE WHEN reason = 'conflicting_order' THEN max(moment) ELSE min(moment) END AS moment,
    max(CASE WHEN request_id IS NULL THEN moment END) AS last_quarter
  FROM timed
  GROUP BY
    kind,
    reason,
    CASE WHEN kind = 'hour' THEN date_trunc('hour', local_time) WHEN reason <> 'conflicting_order' THEN local_time END,
    CASE WHEN reason <> 'conflicting_order' THEN date_diff('minute', moment, local_time) END,
    detail,
    sender
),
begun AS (
  SELECT counted.*, min(CASE WHEN kind = 'hour' AND n > 0 THEN moment END) OVER () AS first_hour
  FROM counted
  WHERE (kind <> 'storm' OR n > 30)
    AND (reason <> 'conflicting_order' OR cardinality(amounts) > 1)
),
observed AS (
  SELECT begun.*, count_if(kind = 'hour') OVER () AS hours
  FROM begun
  WHERE kind <> 'hour'
    OR (moment > first_hour AND last_quarter <= date_add('minute', -20 - 15, {{ end }}))
),
compared AS (
  SELECT
    observed.*,
    CASE
      WHEN hours >= 21 * 24 THEN date_format(event_time, '%W %H')
      WHEN hours >= 5 * 24 THEN date_format(event_time, '%H')
      ELSE 'every'
    END AS slot
  FROM observed
),
ranked AS (
  SELECT
    compared.*,
    row_number() OVER (PARTITION BY kind, slot ORDER BY n, moment) AS place,
    count(*) OVER (PARTITION BY kind, slot) AS places
  FROM compared
),
centered AS (
  SELECT
    ranked.*,
    avg(CASE WHEN place IN ((places + 1) / 2, places / 2 + 1) THEN n END) OVER (PARTITION BY kind, slot) AS median
  FROM ranked
),
deviating AS (
  SELECT
    centered.*,
    abs(n - median) AS distance,
    row_number() OVER (PARTITION BY kind, slot ORDER BY abs(n - median), moment) AS distance_place
  FROM centered
),
judged AS (
  SELECT
    deviating.*,
    avg(CASE WHEN distance_place IN ((places + 1) / 2, places / 2 + 1) THEN distance END)
      OVER (PARTITION BY kind, slot) AS deviation
  FROM deviating
)
SELECT
  kind,
  event_time,
  CASE
    WHEN kind <> 'hour' THEN reason
    WHEN n = 0 THEN 'silent_hour'
    WHEN n > median THEN 'hour_above_baseline'
    ELSE 'hour_below_baseline'
  END AS reason,
  CASE
    WHEN kind = 'hour'
      THEN 'median ' || CAST(CAST(median AS decimal(18,1)) AS varchar) || ' of ' || CAST(places AS varchar) || ' hours'
    WHEN reason = 'conflicting_order' THEN detail || ': ' || array_join(slice(array_sort(amounts), 1, 20), ', ')
    ELSE detail
  END AS detail,
  request_id,
  n AS events
FROM judged
WHERE kind <> 'hour'
  OR (hours >= 24 AND n = 0 AND median >= 20 AND median > 3 * deviation)
  OR (
    hours >= 24
    AND n > 0
    AND (n >= 10 OR n < median)
    AND distance > 6 * greatest(deviation, sqrt(median), 1e0)
  )
ORDER BY kind DESC, moment DESC, reason, detail, events DESC, request_id
LIMIT 1000
