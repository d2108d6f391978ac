-- What is counted of one value after the other is counted in one pass, because Athena reads, and bills, each pass.
WITH once AS (
  SELECT
    min(browser) AS browser,
    min(utm_campaign) AS campaign,
    min(channel) AS channel,
    min(country) AS country,
    min(device) AS device,
    min(event) AS event,
    min(event_time) AS event_time,
    min(language) AS language,
    min(os) AS os,
    min(page_host) AS page_host,
    min(page_path) AS page_path,
    min(referrer_host) AS referrer_host,
    min(utm_source) AS source,
    min(traffic) AS traffic,
    min(visitor) AS visitor
  FROM events
  WHERE {{ conditions }}
  GROUP BY request_id
),
named AS (
  SELECT
    once.*,
    traffic = 'human' /* traffic */ AS counts,
    CAST(event_time AT TIME ZONE {{ time_zone }} AS timestamp(3)) AS local_time,
    {{ referrer }} AS referrer,
    CASE WHEN event = 'view' THEN coalesce({{ folder }}, '(unknown)') END AS folder
  FROM once
),
told AS (
  SELECT
    browser,
    campaign,
    channel,
    country,
    CAST(local_time AS date) AS day,
    device,
    event,
    date_trunc('hour', local_time) AS hour,
    date_diff('minute', event_time, local_time) AS distance, -- of an hour that comes twice
    language,
    os,
    referrer,
    CASE
      WHEN folder = '' THEN '(front page)'
      WHEN strpos(folder, '%') = 0 THEN folder
      ELSE coalesce(try(url_decode(replace(folder, '+', '%2B'))), folder)
    END AS section,
    source,
    traffic,
    event_time,
    counts,
    CASE WHEN counts THEN visitor END AS visitor
  FROM named
),
counted AS (
  SELECT
    browser,
    campaign,
    channel,
    country,
    day,
    device,
    event,
    hour,
    language,
    os,
    referrer,
    section,
    source,
    traffic,
    grouping(
      browser, campaign, channel, country, day, device, event, hour, language, os, referrer, section, source, traffic
    ) AS ungrouped,
    min(event_time) AS first_time,
    count(*) AS all_events,
    count_if(counts) AS events,
    count(DISTINCT visitor) AS visitors
  FROM told
  GROUP BY GROUPING SETS (
    (), (browser), (campaign), (channel), (country), (day), (device), (event), (hour, distance), (language), (os),
    (referrer), (section), (source), (traffic)
  )
),
listed AS (
  SELECT
    CASE 16383 - ungrouped -- a bit for each column that a row is of, the last one's is 1
      WHEN 0 THEN 'all'
      WHEN 1 THEN 'traffic'
      WHEN 2 THEN 'source'
      WHEN 4 THEN 'section'
      WHEN 8 THEN 'referrer'
      WHEN 16 THEN 'os'
      WHEN 32 THEN 'language'
      WHEN 64 THEN 'hour'
      WHEN 128 THEN 'event'
      WHEN 256 THEN 'device'
      WHEN 512 THEN 'day'
      WHEN 1024 THEN 'country'
      WHEN 2048 THEN 'channel'
      WHEN 4096 THEN 'campaign'
      WHEN 8192 THEN 'browser'
    END AS dimension,
    coalesce(
      browser, campaign, channel, country, CAST(day AS varchar), device, event, CAST(hour AS varchar), language, os,
      referrer, section, source, traffic,
      CASE 16383 - ungrouped WHEN 0 THEN NULL WHEN 32 THEN '(unknown)' WHEN 1024 THEN '(unknown)' ELSE '(none)' END
    ) AS value,
    section IS NULL AND ungrouped = 16379 AS of_no_view,
    first_time,
    if(ungrouped = 16382, all_events, events) AS events, -- each class of traffic has its own
    if(ungrouped = 16382, NULL, visitors) AS visitors
  FROM counted
),
ranked AS (
  SELECT
    listed.*,
    row_number() OVER (
      PARTITION BY dimension
      ORDER BY
        if(dimension IN ('event', 'referrer', 'section', 'traffic'), events, visitors) DESC, events DESC, value
    ) AS place
  FROM listed
  WHERE events > 0 AND NOT of_no_view
)
SELECT
  dimension,
  value,
  visitors,
  events
FROM ranked
WHERE dimension IN ('all', 'day', 'hour') OR place <= if(dimension IN ('event', 'section'), 1000, 100)
ORDER BY dimension, if(dimension IN ('day', 'hour'), first_time), place, value
