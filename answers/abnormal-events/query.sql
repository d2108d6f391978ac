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
    min(malformed_query) AS malformed_query,
    min(traffic) AS traffic,
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
-- Who sends the same again and again in a minute sends as much in a day: only of those visitors and days, few of all,
-- events are told apart by everything that makes them the same. Whoever has no key may be anybody.
frequent AS (
  SELECT visitor, date_trunc('day', event_time) AS day
  FROM once
  WHERE {{ got_image }}
  GROUP BY visitor, date_trunc('day', event_time)
  HAVING visitor IS NOT NULL AND count(*) > 30
),
-- What is odd of an event is told in a list; most events have none, and are not carried on.
noticed AS (
  SELECT
    CASE
      WHEN {{ got_image }} AND (once.visitor IS NULL OR frequent.visitor IS NOT NULL)
        THEN ARRAY[
          CAST(date_trunc('minute', event_time) AS varchar),
          page,
          CAST(once.visitor AS varchar),
          -- A visitor has one user agent, so the long text tells only those apart who have no key.
          CASE WHEN once.visitor IS NULL THEN user_agent END,
          CAST(asn AS varchar),
          country,
          event,
          -- A server sends the sales of a whole site, without a page: only those of one order are the same.
          CASE WHEN traffic = 'server' THEN order_id END
        ]
    END AS same,
    CASE
      WHEN status >= 400
        OR method NOT IN ('GET', 'HEAD')
        OR malformed_query
        OR (user_agent IS NULL AND traffic <> 'server')
        OR malformed_value IS NOT NULL
        OR ({{ got_image }} AND event = 'purchase' AND order_id IS NOT NULL AND value >= 0)
        THEN ARRAY[
          request_id,
          CAST(event_time AS varchar),
          page,
          CASE WHEN status >= 400 THEN CAST(status AS varchar) END,
          CASE WHEN method NOT IN ('GET', 'HEAD') THEN method END,
          CASE WHEN malformed_query THEN 'malformed' END,
          CASE WHEN user_agent IS NULL AND traffic <> 'server' THEN 'none' END,
          malformed_value,
          CASE WHEN {{ got_image }} AND event = 'purchase' AND value >= 0 THEN order_id END,
          site,
          concat_ws(' ', {{ exact_value }}, coalesce(currency, '(none)'))
        ]
    END AS odd,
    CASE WHEN {{ got_image }} THEN date_add('minute', minute(event_time) / 15 * 15, date_trunc('hour', event_time)) END
      AS quarter,
    request_id
  FROM once
  LEFT JOIN frequent ON once.visitor = frequent.visitor AND date_trunc('day', once.event_time) = frequent.day
),
-- One pass for three questions: who sends the same again and again in a minute, what is odd, and how many each hour has.
together AS (
  SELECT same, odd, quarter, min(request_id) AS request_id, count(*) AS n
  FROM noticed
  GROUP BY GROUPING SETS ((same), (odd), (quarter))
  HAVING (same IS NOT NULL AND count(*) > 30) OR odd IS NOT NULL OR quarter IS NOT NULL
),
found AS (
  SELECT together.*, reason
  FROM together
  CROSS JOIN UNNEST(filter(ARRAY[
    CASE WHEN quarter IS NOT NULL THEN 'hour' END,
    CASE WHEN same IS NOT NULL THEN 'replay_storm' END,
    CASE WHEN element_at(odd, 4) IS NOT NULL THEN 'error_status' END,
    CASE WHEN element_at(odd, 5) IS NOT NULL THEN 'unusual_method' END,
    CASE WHEN element_at(odd, 6) IS NOT NULL THEN 'malformed_query' END,
    CASE WHEN element_at(odd, 7) IS NOT NULL THEN 'no_user_agent' END,
    CASE WHEN element_at(odd, 8) IS NOT NULL THEN 'malformed_value' END,
    CASE WHEN element_at(odd, 9) IS NOT NULL THEN 'conflicting_order' END
  ], reason -> reason IS NOT NULL)) AS reasons (reason)
),
observation AS (
  SELECT
    CASE reason WHEN 'hour' THEN 'hour' WHEN 'replay_storm' THEN 'storm' ELSE 'event' END AS kind,
    reason,
    coalesce(quarter, CAST(coalesce(element_at(same, 1), element_at(odd, 2)) AS timestamp(3))) AS moment,
    CASE reason
      WHEN 'replay_storm' THEN element_at(same, 2)
      WHEN 'error_status' THEN element_at(odd, 4)
      WHEN 'unusual_method' THEN element_at(odd, 5)
      WHEN 'malformed_value' THEN element_at(odd, 8)
      WHEN 'conflicting_order' THEN element_at(odd, 9)
      ELSE element_at(odd, 3)
    END AS detail,
    CASE reason WHEN 'hour' THEN NULL WHEN 'conflicting_order' THEN element_at(odd, 10) ELSE request_id END AS sender,
    CASE reason WHEN 'conflicting_order' THEN element_at(odd, 11) END AS amount,
    CASE WHEN reason <> 'hour' THEN request_id END AS request_id,
    n
  FROM found
  UNION ALL
  SELECT
    'hour',
    'hour',
    date_add('minute', 15 * (96 * day + quarter), CAST(date_trunc('hour', {{ begin }}) AS timestamp(3))),
    NULL,
    NULL,
    NULL,
    NULL,
    0
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
    min(request_id) AS request_id,
    sum(n) AS n,
    array_distinct(array_agg(amount) FILTER (WHERE amount IS NOT NULL)) AS amounts,
    CASE WHEN reason = 'conflicting_order' THEN max(moment) ELSE min(moment) END AS moment,
    max(CASE WHEN n = 0 THEN moment END) AS last_quarter
  FROM timed
  GROUP BY
    kind,
    reason,
    CASE WHEN kind = 'hour' THEN date_trunc('hour', local_time) WHEN reason <> 'conflicting_order' THEN local_time END,
    CASE WHEN reason <> 'conflicting_order' THEN date_diff('minute', moment, local_time) END,
    detail,
    CASE WHEN kind <> 'hour' THEN sender END
),
begun AS (
  SELECT counted.*, min(CASE WHEN kind = 'hour' AND n > 0 THEN moment END) OVER () AS first_hour
  FROM counted
  WHERE reason <> 'conflicting_order' OR cardinality(amounts) > 1
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
