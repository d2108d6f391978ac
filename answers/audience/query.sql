WITH once AS (
  SELECT
    min(browser) AS browser,
    min(utm_campaign) AS campaign,
    min(channel) AS channel,
    min(country) AS country,
    min(device) AS device,
    min(language) AS language,
    min(os) AS os,
    min(utm_source) AS source,
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
    grouping(browser, campaign, channel, country, device, language, os, source) AS ungrouped,
    count(DISTINCT visitor) AS visitors,
    count(*) AS events
  FROM once
  GROUP BY GROUPING SETS ((), (browser), (campaign), (channel), (country), (device), (language), (os), (source))
),
listed AS (
  SELECT
    CASE ungrouped -- a bit for each column that a row is not of, the last one's is 1
      WHEN 127 THEN 'browser'
      WHEN 191 THEN 'campaign'
      WHEN 223 THEN 'channel'
      WHEN 239 THEN 'country'
      WHEN 247 THEN 'device'
      WHEN 251 THEN 'language'
      WHEN 253 THEN 'os'
      WHEN 254 THEN 'source'
    END AS dimension,
    coalesce(
      browser, campaign, channel, country, device, language, os, source,
      if(ungrouped IN (239, 251), '(unknown)', '(none)')
    ) AS value,
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
