WITH line AS (
  SELECT
    /* A number's shape comes before its cast: one value such as 1e999999999 could stop every query. */
    try(CAST(from_unixtime(TRY_CAST(
      regexp_extract(l.timestamp, '^[0-9]{1,10}(?:[.][0-9]{1,9})?$') AS double)) AS timestamp(3)))
      AS event_time,
    nullif(l.c_ip, '-') AS address,
    TRY_CAST(l.sc_status AS integer) AS status,
    nullif(l.cs_method, '-') AS method,
    lower(nullif(l.cs_host, '-')) AS host,
    nullif(l.x_edge_location, '-') AS edge_location,
    nullif(l.x_edge_request_id, '-') AS request_id,
    nullif(l.c_country, '-') AS country,
    TRY_CAST(l.asn AS bigint) AS asn,
    l.cs_headers AS headers,
    /* CloudFront encodes each field once. It leaves + alone, which url_decode would make a space. */
    coalesce(
      try(url_decode(replace(nullif(l.cs_user_agent, '-'), '+', '%2B'))),
      nullif(l.cs_user_agent, '-')) AS user_agent,
    coalesce(
      try(url_decode(replace(nullif(l.cs_referer, '-'), '+', '%2B'))),
      nullif(l.cs_referer, '-')) AS referer,
    coalesce(
      try(url_decode(replace(nullif(l.cs_uri_query, '-'), '+', '%2B'))),
      nullif(l.cs_uri_query, '-')) AS query,
    l.dt,
    l.hour
  FROM pixel_events l
),
escaped AS (
  SELECT
    line.*,
    nullif(lower(user_agent), '') AS agent,
    /* Of a parameter that is there twice, the first counts. */
    regexp_extract(query, '(?:^|&)e=([^&]*)', 1) AS event_text,
    regexp_extract(query, '(?:^|&)u=([^&]*)', 1) AS page_text,
    regexp_extract(query, '(?:^|&)r=([^&]*)', 1) AS referrer_text,
    regexp_extract(query, '(?:^|&)t=([^&]*)', 1) AS title_text,
    regexp_extract(query, '(?:^|&)s=([^&]*)', 1) AS site_text,
    regexp_extract(query, '(?:^|&)i=([^&]*)', 1) AS item_text,
    regexp_extract(query, '(?:^|&)o=([^&]*)', 1) AS order_text,
    regexp_extract(query, '(?:^|&)v=([^&]*)', 1) AS value_text,
    regexp_extract(query, '(?:^|&)c=([^&]*)', 1) AS currency_text,
    regexp_extract(query, '(?:^|&)utm_source=([^&]*)', 1) AS utm_source_text,
    regexp_extract(query, '(?:^|&)utm_medium=([^&]*)', 1) AS utm_medium_text,
    regexp_extract(query, '(?:^|&)utm_campaign=([^&]*)', 1) AS utm_campaign_text,
    regexp_extract(query, '(?:^|&)utm_term=([^&]*)', 1) AS utm_term_text,
    regexp_extract(query, '(?:^|&)utm_content=([^&]*)', 1) AS utm_content_text
  FROM line
),
decoded AS (
  SELECT
    escaped.*,
    /* The page encoded each value once more. What cannot be decoded stays as it was sent. */
    coalesce(nullif(coalesce(try(url_decode(event_text)), event_text), ''), 'view') AS event,
    coalesce(nullif(coalesce(try(url_decode(page_text)), page_text), ''), referer) AS page,
    nullif(coalesce(try(url_decode(referrer_text)), referrer_text), '') AS referrer,
    nullif(coalesce(try(url_decode(title_text)), title_text), '') AS title,
    nullif(coalesce(try(url_decode(site_text)), site_text), '') AS site,
    nullif(coalesce(try(url_decode(item_text)), item_text), '') AS item,
    nullif(coalesce(try(url_decode(order_text)), order_text), '') AS order_id,
    TRY_CAST(
      regexp_extract(trim(try(url_decode(value_text))), '^[+-]?0*[0-9]{0,16}(?:[.][0-9]*)?$')
      AS decimal(18,2)) AS value,
    regexp_extract(upper(trim(try(url_decode(currency_text)))), '^[A-Z]{3}$') AS currency,
    nullif(coalesce(try(url_decode(utm_source_text)), utm_source_text), '') AS utm_source,
    nullif(coalesce(try(url_decode(utm_medium_text)), utm_medium_text), '') AS utm_medium,
    nullif(coalesce(try(url_decode(utm_campaign_text)), utm_campaign_text), '') AS utm_campaign,
    nullif(coalesce(try(url_decode(utm_term_text)), utm_term_text), '') AS utm_term,
    nullif(coalesce(try(url_decode(utm_content_text)), utm_content_text), '') AS utm_content,
    CASE
      /* Mail services that fetch the images of an e-mail; the second is how Gmail fetches ahead. */
      WHEN regexp_like(agent, '(?:image|mail)[ _-]?proxy|edge/12[.]246 mozilla/5[.]0$')
        THEN 'mail_image_proxy'
      /* Apple, and the networks of its relay: Akamai, Cloudflare, Fastly. */
      WHEN agent = 'mozilla/5.0' AND asn IN (714, 6185, 36183, 20940, 13335, 54113)
        THEN 'mail_privacy_relay'
      WHEN regexp_like(agent,
        '[a-z]-user(?:[^a-z-]|$)|(?:^|[^a-z])(?:ai|llms?)(?:[^a-z]|$)|[a-z]ai-|gpt|openai|oai-'
        || '|claude|anthropic|perplexity|mistral|cohere|deepseek|gemini-|grok|duckassist|youbot|iask'
        || '|meta-external|facebookbot|google-?other|google-ext|google-cloudv|applebot-ext|amazonbot'
        || '|bytespider|petalbot|pangubot|ccbot|diffbot|omgili|timpibot|imagesift|kangaroo bot'
        || '|tavily|firecrawl')
        THEN 'ai_agent'
      /* Another distribution in front took the agent away: it is a viewer's, whoever that is. */
      WHEN agent = 'amazon cloudfront' THEN 'browser_behind_cloudfront'
      WHEN agent IS NULL THEN 'no_user_agent'
      WHEN length(agent) > 1000 OR regexp_like(agent, '[<>]|[$][{]') THEN 'absurd_user_agent'
      /* What it does. CUBOT makes telephones, and an Apple Watch is worn by people. */
      WHEN regexp_like(agent,
        '(?:^|[^u])bot|[^c]ubot|crawl|spider|slurp|scrap|fetch|feed|agent|server|archiv|index|sitemap'
        || '|scan|monitor|check|valid|verif|inspect|audit|test|probe|uptime|(?:^|[^a-z])ping|metri[cx]'
        || '|watch[^o0-9 ;,)]|analy|insight|research|survey|seo[^a-z]|extract|harvest|download|capture'
        || '|preview|screenshot|resolv|synthetic|externalhit|mediapartners|-google|google-')
        THEN 'declared_bot'
      /* Whom to write to. Toolbars of old Internet Explorers advertise like that. */
      WHEN regexp_like(agent,
        'https?:|www[.]|@[a-z]|[a-z][a-z0-9-]*[.](?:com|net|org|io|ai|eu|de|fr)(?:[^a-z.]|$)')
        AND NOT regexp_like(agent, 'msie|trident')
        THEN 'declared_bot'
      WHEN regexp_like(agent,
        'headless|phantomjs|lighthouse|ptst|selenium|webdriver|playwright|puppeteer|cypress|splash')
        THEN 'automated_browser'
      /* A mark that a browser leaves has a version. */
      WHEN regexp_like(agent, '(?:windows nt|macintosh|x11).*safari/537[.]36[;,]? [a-z-]+$')
        THEN 'declared_bot'
      WHEN regexp_like(agent, 'compatible[);]')
        AND NOT regexp_like(agent, 'msie|trident|konqueror|ms-office')
        THEN 'declared_bot'
      WHEN NOT regexp_like(agent,
        '^(?:mozilla/[0-9.]+ ?[(]|opera/)|applewebkit/|midp|browser/|netfront|outlook')
        THEN if(
          regexp_like(agent,
            'http|curl|wget|python|java|ruby|perl|php|requests|axios|dalvik|cfnetwork|[a-z]client'),
          'http_library', 'not_a_browser')
      WHEN regexp_like(headers,
        '(?i)(?:^|%0A)(?:(?:sec-|x-)?purpose|x-moz):(?:%20)*(?:prefetch|prerender|preview)')
        THEN 'prefetch_header'
      /* Amazon, Google, Microsoft, Hetzner, OVH, DigitalOcean, Linode, Vultr, Oracle, Alibaba, Tencent. */
      WHEN asn IN (
        16509, 14618, 15169, 396982, 8075, 24940, 16276, 14061, 63949, 20473, 31898, 45102, 132203)
        AND NOT regexp_like(coalesce(headers, ''), '(?i)(?:^|%0A)via:(?:[^%]|%20)*[(]cloudfront[)]')
        THEN 'datacenter_network'
      ELSE 'browser'
    END AS traffic_reason
  FROM escaped
),
labelled AS (
  SELECT
    decoded.*,
    {{ traffic }} AS traffic
  FROM decoded
)
SELECT
  event_time,
  event,
  page,
  nullif(lower(regexp_extract(page, '^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//(?:[^/?#]*@)?([^/?#@]*?)(?::[0-9]*)?(?:[/?#]|$)', 1)), '') AS page_host,
  CASE
    WHEN regexp_like(page, '^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//')
      THEN coalesce(nullif(regexp_extract(page, '^[^/]*//[^/?#]*([^?#]*)', 1), ''), '/')
    WHEN page LIKE '/%' THEN regexp_extract(page, '^[^?#]*')
  END AS page_path,
  referrer,
  nullif(lower(regexp_extract(referrer, '^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//(?:[^/?#]*@)?([^/?#@]*?)(?::[0-9]*)?(?:[/?#]|$)', 1)), '') AS referrer_host,
  site,
  title,
  item,
  order_id,
  value,
  currency,
  utm_source,
  utm_medium,
  utm_campaign,
  utm_term,
  utm_content,
  country,
  asn,
  edge_location,
  user_agent,
  CASE
    WHEN {{ is_program }} THEN 'other'
    WHEN regexp_like(user_agent, 'Edg(?:e|A|iOS)?/') THEN 'Edge'
    WHEN regexp_like(user_agent, 'OPR/|Opera|OPT/') THEN 'Opera'
    WHEN regexp_like(user_agent, 'SamsungBrowser/') THEN 'Samsung Internet'
    WHEN regexp_like(user_agent, 'Firefox/|FxiOS/') THEN 'Firefox'
    WHEN regexp_like(user_agent, 'Chrome/|Chromium/|CriOS/') THEN 'Chrome'
    WHEN regexp_like(user_agent, 'Safari/|AppleWebKit.*Mobile/') THEN 'Safari'
    ELSE 'other'
  END AS browser,
  CASE
    WHEN {{ is_program }} THEN 'other'
    WHEN regexp_like(user_agent, 'Windows') THEN 'Windows'
    WHEN regexp_like(user_agent, 'iPhone|iPad|iPod') THEN 'iOS'
    WHEN regexp_like(user_agent, 'Android') THEN 'Android'
    WHEN regexp_like(user_agent, 'CrOS') THEN 'ChromeOS'
    WHEN regexp_like(user_agent, 'Macintosh|Mac OS X') THEN 'macOS'
    WHEN regexp_like(user_agent, 'Linux|X11') THEN 'Linux'
    ELSE 'other'
  END AS os,
  CASE
    WHEN {{ is_program }} THEN 'other'
    WHEN regexp_like(user_agent, 'iPad|Tablet') THEN 'tablet'
    WHEN regexp_like(user_agent, 'Mobi|iPhone|iPod') THEN 'mobile'
    WHEN regexp_like(user_agent, 'Android') THEN 'tablet'
    WHEN regexp_like(user_agent, 'Windows NT|Macintosh|X11|CrOS') THEN 'desktop'
    ELSE 'other'
  END AS device,
  traffic,
  traffic_reason,
  substr(lower(to_hex(sha256(to_utf8(address || ' ' || coalesce(user_agent, '') || ' ' || coalesce(host, ''))))), 1, 16)
    AS visitor_key,
  request_id,
  status,
  method,
  query,
  dt,
  hour
FROM labelled
