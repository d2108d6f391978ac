WITH once AS (
  SELECT
    min(browser) AS browser,
    coalesce(min(utm_campaign), '(none)') AS campaign,
    min(channel) AS channel,
    coalesce(min(country), '(unknown)') AS country,
    min(device) AS device,
    coalesce(min(language), '(unknown)') AS language,
    min(os) AS os,
    coalesce(min(utm_source), '(none)') AS source,
    min(visitor) AS visitor
  FROM events
  WHERE {{ conditions }}
  GROUP BY request_id
),
counted AS (
  SELECT
    browser,
    campaign,
    channel,
    country,
    device,
    language,
    os,
    source,
    count(DISTINCT visitor) AS visitors,
    count(*) AS events
  FROM once
  GROUP BY GROUPING SETS ((), (browser), (campaign), (channel), (country), (device), (language), (os), (source))
),
listed AS (
  SELECT
    CASE
      WHEN browser IS NOT NULL THEN 'browser'
      WHEN campaign IS NOT NULL THEN 'campaign'
      WHEN channel IS NOT NULL THEN 'channel'
      WHEN country IS NOT NULL THEN 'country'
      WHEN device IS NOT NULL THEN 'device'
      WHEN language IS NOT NULL THEN 'language'
      WHEN os IS NOT NULL THEN 'os'
      WHEN source IS NOT NULL THEN 'source'
    END AS dimension,
    coalesce(browser, campaign, channel, country, device, language, os, source) AS value,
    visitors,
    max(visitors) OVER () AS everyone, -- the row of no dimension has the most
    events
  FROM counted
),
ranked AS (
  SELECT listed.*, row_number() OVER (PARTITION BY dimension ORDER BY visitors DESC, events DESC, value) AS place
  FROM listed
)
SELECT
  dimension,
  value,
  visitors,
  (1000 * visitors + everyone / 2) / nullif(everyone, 0) / 1e1 AS visitors_percent,
  events
FROM ranked
WHERE dimension IS NOT NULL AND place <= 50
ORDER BY dimension, visitors DESC, events DESC, value
