WITH line AS (
  SELECT
    /* A number's shape comes before its cast: one value such as 1e999999999 could stop every query. */
    /* Real-time logs have seconds with a point, standard logs milliseconds. */
    try(CAST(from_unixtime(TRY_CAST(regexp_extract(
      regexp_replace(l.timestamp, '^([0-9]{10})([0-9]{3})$', '$1.$2'),
      '^[0-9]{1,10}(?:[.][0-9]{1,9})?$') AS double)) AS timestamp(3)))
      AS event_time,
    /* With the edge function there is a time in its place, such as 0.001. */
    regexp_extract(l.c_ip, '^(?:[0-9]+[.]){3}[0-9]+$|^[0-9a-fA-F.]*:[0-9a-fA-F:.]+$') AS logged_address,
    TRY_CAST(l.sc_status AS integer) AS status,
    nullif(l.cs_method, '-') AS method,
    lower(nullif(l.cs_host, '-')) AS host,
    nullif(l.x_edge_location, '-') AS edge_location,
    nullif(l.x_edge_request_id, '-') AS request_id,
    nullif(l.c_country, '-') AS country,
    TRY_CAST(l.asn AS bigint) AS asn,
    /* The aggregator stores no others than are read here: functions/aggregator/viewer/headers.py. */
    l.cs_headers AS headers,
    /* What the edge function says of the hit: docs/edge-function.md. CloudFront encodes some or all special characters,
       and perhaps twice. No value has a %, so it may be decoded twice, too. */
    if(
      regexp_like(l.viewer_request_log_data, '^v(?:=|%(?:25)?3D)1(?:&|%|$)'),
      '&' || coalesce(
        try(url_decode(replace(url_decode(replace(l.viewer_request_log_data, '+', '%2B')), '+', '%2B'))),
        l.viewer_request_log_data) || '&') AS edge_data,
    /* CloudFront encodes each field once. It leaves + alone, which url_decode would make a space. Old standard logs have
       an agent encoded twice: it has %2520 for each space. */
    coalesce(
      try(url_decode(replace(
        if(
          strpos(l.cs_user_agent, '%2520') > 0 AND strpos(l.cs_user_agent, '%20') = 0,
          replace(l.cs_user_agent, '%25', '%'),
          nullif(l.cs_user_agent, '-')),
        '+', '%2B'))),
      nullif(l.cs_user_agent, '-')) AS user_agent,
    coalesce(
      try(url_decode(replace(nullif(l.cs_referer, '-'), '+', '%2B'))),
      nullif(l.cs_referer, '-')) AS referer,
    coalesce(
      try(url_decode(replace(nullif(l.cs_uri_query, '-'), '+', '%2B'))),
      nullif(l.cs_uri_query, '-')) AS query,
    nullif(l.viewer_request_log_data, '-') IS NOT NULL AS function_ran,
    l."$path" AS object,
    l.dt,
    /* The partition of an hour of standard logs is 10-standard. */
    substr(l.hour, 1, 2) AS hour
  FROM pixel_events l
  /* Files of standard logs begin with header lines, and have all requests of the distribution. The pixel's are those of
     which the edge function says something, and redirects and refusals of its path, for which it does not run. */
  WHERE NOT regexp_like(coalesce(l.timestamp, ''), '^#|^[0-9]{13}$')
    OR regexp_like(l.viewer_request_log_data, '^v(?:=|%(?:25)?3D)[0-9]')
    OR l.cs_headers = {{ pixel_path }}
),
sent AS (
  SELECT
    line.*,
    /* Either says it, never both: of a viewer who sends Sec-GPC the function says no address, and logs may still have one. */
    if(
      strpos(edge_data, '&g=1&') > 0,
      NULL,
      coalesce(regexp_extract(edge_data, '&a=([^&]+)', 1), logged_address)) AS address,
    /* Client hints, which the browsers that are made of Chromium send. */
    regexp_extract(edge_data, '&m=([^&]+)', 1) AS mobile_hint,
    regexp_extract(edge_data, '&o=([^&]+)', 1) AS platform,
    regexp_extract(edge_data, '&d=([^&]+)', 1) AS model,
    regexp_extract(edge_data, '&b=([^&]+)', 1) AS brand,
    {{ clean_query }} AS parameters
  FROM line
),
escaped AS (
  SELECT
    sent.*,
    nullif(lower(user_agent), '') AS agent,
    /* What an agent says of itself. Nothing, if it is no more than a browser, its versions and its system, as most are.
       Else all but a telephone's model and the data of Facebook's and Instagram's browsers (a carrier, a locale), in which
       any word can be. */
    if(
      regexp_like(
        lower(user_agent),
        '^mozilla/5[.]0 [(](?:(?:windows nt [0-9.]+(?:; win64; x64|; wow64)?|macintosh; intel mac os x [0-9._]+'
        || '|x11; (?:ubuntu; )?linux x86_64|x11; cros x86_64 [0-9.]+)(?:; rv:[0-9.]+)?[)]'
        || ' (?:gecko/[0-9]+|applewebkit/[0-9.]+ [(]khtml, like gecko[)])'
        || '(?: (?:version|safari|firefox|edg|opr)/[0-9.]+| chrome/[12]?[0-9]{1,2}[.]0[.][0-9]+[.][0-9]{1,3})*'
        || '|(?:linux; android [0-9.]+; [^;():<>$@]+(?:; wv)?|(?:iphone; cpu iphone os|ipad; cpu os) [0-9_]+ like mac os x)[)]'
        || ' applewebkit/[0-9.]+ [(]khtml, like gecko[)](?: (?:version|mobile|safari|crios|fxios|edgios|edga|opr'
        || '|samsungbrowser)/[0-9a-z.]+| mobile| chrome/[12]?[0-9]{1,2}[.]0[.][0-9]+[.][0-9]{1,3})*)$'),
      '',
      regexp_replace(
        lower(user_agent),
        '[(][^():]*andr[o0]id[^;()]*(?:; ?[a-z]{2}[-_][a-z]{2})?(?:; ?[^;():<>$@]*(?:[(][^()]*[)][^;():]*)*)?(?:; ?wv)?[)]'
        || '|(?:fban|fb_iab|fbav)/.*'
        || '|(?:instagram|barcelona) [0-9].*|hbbtv[^)]*[)]',
        '(android)')) AS claims,
    /* Of a parameter that is there twice, the first counts. */
    regexp_extract(parameters, '(?:^|&)e=([^&]*)', 1) AS event_text,
    regexp_extract(parameters, '(?:^|&)u=([^&]*)', 1) AS page_text,
    regexp_extract(parameters, '(?:^|&)r=([^&]*)', 1) AS referrer_text,
    regexp_extract(parameters, '(?:^|&)t=([^&]*)', 1) AS title_text,
    regexp_extract(parameters, '(?:^|&)s=([^&]*)', 1) AS site_text,
    regexp_extract(parameters, '(?:^|&)i=([^&]*)', 1) AS item_text,
    regexp_extract(parameters, '(?:^|&)o=([^&]*)', 1) AS order_text,
    regexp_extract(parameters, '(?:^|&)v=([^&]*)', 1) AS value_text,
    regexp_extract(parameters, '(?:^|&)c=([^&]*)', 1) AS currency_text
  FROM sent
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
    nullif(trim(coalesce(try(url_decode(value_text)), value_text)), '') AS sent_value,
    nullif(trim(coalesce(try(url_decode(currency_text)), currency_text)), '') AS sent_currency,
    CASE
      /* The site's own server says so. Few do, and the search for a text is much cheaper than a pattern. */
      WHEN strpos(parameters, 'by=server') > 0 AND regexp_extract(parameters, '(?:^|&)by=([^&]*)', 1) = 'server'
        THEN 'sent_by_server'
      /* Mail services that fetch the images of an e-mail; the second is how Gmail fetches ahead. */
      WHEN regexp_like(claims,
        '(?:google|outlook|e?mail)[a-z]*[ _-]?(?:image)?[ _-]?proxy|edge/12[.]246 mozilla/5[.]0$')
        THEN 'mail_image_proxy'
      /* Apple, and the networks of its relay: Akamai, Cloudflare, Fastly. */
      WHEN agent = 'mozilla/5.0' AND asn IN (714, 6185, 36183, 20940, 13335, 54113)
        THEN 'mail_privacy_relay'
      /* Names that the services publish: docs/data-dictionary.md has the sources. */
      WHEN regexp_like(claims,
        '[a-z]-user(?:[^a-z-]|$)|(?:^|[^a-z])(?:ai|llms?)[ _-]?(?:agent|bot|crawl|fetch|search|spider|train)|[ -]ai$'
        || '|gptbot'
        || '|[.]ai(?:[^a-z]|$)|[a-z]ai2?-?(?:bot|user|search|agent|crawl)|ai2bot|aihit|openai|chatgpt|oai-|claude|anthropic'
        || '|perplexity|mistral|cohere|deepseek|gemini-|google-?other|google-ext|google-cloudv|google-notebook'
        || '|googleagent|grok|xai-|meta-external|meta-webindex|facebookbot|applebot-ext|amazonbot|amzn-|novaact|bedrockbot'
        || '|bytespider|tiktokspider|petalbot|pangubot|ccbot|diffbot|omgili|webzio|timpibot|imagesift|img2dataset'
        || '|kangaroo bot|duckassist|youbot|iaskspider|phindbot|andibot|tavily|firecrawl|linkupbot|manus-|devin/|brightbot'
        || '|quillbot|velenpublic|laion|kagi-?(?:fetch|bot)|autorag|cotoyogi|friendlycrawl|crawl4ai|semanticscholar')
        THEN 'ai_agent'
      /* Another distribution in front took the agent away: it is a viewer's, whoever that is. */
      WHEN agent = 'amazon cloudfront' THEN 'browser_behind_cloudfront'
      WHEN agent IS NULL THEN 'no_user_agent'
      WHEN length(agent) > 1000 OR regexp_like(claims, '[<>]|[$][{]') THEN 'absurd_user_agent'
      /* What it does, in words that no name of a browser or an app has. CUBOT makes telephones. */
      WHEN regexp_like(claims,
        '(?:^|[^u])bots?(?:[^a-z]|$)|[^c]ubots?(?:[^a-z]|$)|(?:^|[^a-z])bot|robot|crawl|crwlr|spider|slurp|scrap(?:e|p|ing|y)'
        || '|fetcher|sitemap|synthetic|externalhit|mediapartners|google-|-google|google (?:fav|pp|search|web)|prerender'
        || '|bingpreview|image[ _-]?proxy|daumoa|alertra|gomez|like gecko; |[(+] ?https?:')
        THEN 'declared_bot'
      WHEN regexp_like(claims,
        'headless|phantomjs|lighthouse|ptst|selenium|webdriver|playwright|puppeteer|cypress|splash|wkhtml|webkit2png'
        || '|zombie[.]js|slimerjs|jsdom|browsertrix|nightmare')
        OR brand = 'HeadlessChrome'
        THEN 'automated_browser'
      WHEN regexp_like(claims, 'chrome/(?:[0-9]+[.]0[.][0-9]+[.][1-9][0-9]{3}|[3-9][0-9]{2}|[0-9]{4})')
        AND NOT regexp_like(claims, '(?:^|[^a-z])ya(?:ndex|[a-z]*browser|app)')
        THEN 'impossible_version'
      /* What it does, in words that names may contain: so they begin a name, as the s-c-a-n of CamScanner does not. Whom
         to write to. Monitors and developers' tools that have a browser's agent and a name of their own. Toolbars of
         Internet Explorer advertise. */
      WHEN regexp_like(claims,
        '(?:^|[^a-z])(?:web|link|url|site|seo|page|search|security|http|net|port|vuln|wp|cms|ssl|dns|domain|content|media'
        || '|news|rss|data|brand|ads?|spam|virus|malware|html|css|cookie|cloud|host|speed|perf)?[ _-]?(?:analy|archiv|audit'
        || '|captur|evaluat|extract|fetch|grader|harvest|inspect|monitor|preview|probe|resolv|snapshot|thumb|transcod|uptime'
        || '|valid(?:at|[^a-z])|verif|watcher|watchdog|feedp|(?:checke?r?s?|downloader|download|feeder|feeds?|metrics?|ping'
        || '|research|scan|scanner|scanning|seo|test|tester)(?:[^a-z-]|$)|index(?:[ ;)]|$)|server(?:[^a-z ]|$))'
        || '|(?:agent|analy[sz]er|analytics|archiver|audit|auditor|checker|evaluator|extractor|fetch|indexer|insights?'
        || '|inspector|monitor|monitoring|preview|research|resolver|screenshots?|server|shot|snapshot|survey|tester'
        || '|thumbnails?|thumb|uptime|validator|verifier|verify)(?:[^a-z ]|$)'
        || '|https?:/|www[.]|[a-z0-9]@[a-z0-9-]+[.][a-z]| at [a-z]+ dot '
        || '|[ (;,+-](?:[a-z0-9-]+[.])+(?:com|net|org|io|eu|de|fr|co|info|me|ru|jp|uk)(?:[/) ;,]|$)'
        || '|apachebench|applitools|appinsights|browserless|browserstack|builtwith|catchpoint|checkly|chrome-ux|cloudflare'
        || '|contentking|criteo|dareboost|datadog|datanyze|debugbear|dejaclick|detectify|dynatrace|ghost ?inspector|gtmetrix|hardenize'
        || '|hetrix|http ?client|httpie|hubspot|insomnia/|iplabel|jmeter|jsoup|linktiger|marketgoo|mixnode|newrelic|nodemeter'
        || '|nutch|pagepeeker|pagespeed|pingdom|postman|powershell|rigor|ruxit|siege/|silktide|sindup|sitebulb|siteimprove'
        || '|site24x7|speedcurve|statuscake|sucuri|uptimia|uptrends|wappalyzer|watchtowr|web services client|webpagetest|webthumb'
        || '|websnap|whatcms|wpif|yellowlab|ylt chrome')
        AND NOT regexp_like(agent, 'msie|trident|; wv[)]|mobile/[0-9a-z]+(?: [^s(]|$)')
        THEN 'declared_bot'
      /* A library calls itself by its name first; java and perl are also what telephones and browsers run. */
      WHEN regexp_like(claims,
        '^[^(]*(?:curl|wget|python|okhttp|requests|axios|go-http|libwww|httpie|node-fetch|undici|guzzle|aiohttp|httpx|faraday'
        || '|alamofire-|apache-http|restsharp|http[_-]?client)')
        THEN 'http_library'
      /* An app, or a system's own loader, that says which system it runs on. */
      WHEN regexp_like(claims,
        'dalvik/|cfnetwork|darwin/|(?:^|[^a-z])(?:andr[o0]id|adr|ios|ipados|tvos|watch ?os|iphone os|mac os)(?:[ /;,)]|$)'
        || '|i(?:phone|pad|pod)[0-9;, ]|apple ?tv')
        AND NOT regexp_like(agent, '^mozilla/|applewebkit')
        THEN 'app'
      WHEN regexp_like(claims, 'compatible[);]')
        AND NOT regexp_like(agent, 'msie|trident|konqueror|ms-office|lotus-notes|galio|opera|risc os|netfront|icab|webtv|ibrowse'
          || '|polaris')
        THEN 'declared_bot'
      WHEN claims != '' AND NOT regexp_like(agent,
        '^(?:mozilla/[0-9a-z.-]+ ?(?:.[a-z][a-z]. )?[(]|opera[ /]|e?links[ /(]|lynx|w3m|hybridcast|vizio|roku|amazon;aft)'
        || '|applewebkit|midp|browser[/0-9]|up[.]link|symbian|nokia|blackberry|docomo|netfront|outlook|thunderbird|postbox'
        || '|microsoft office [a-z]+/[0-9]|ucweb|hbbtv|smarttv|opera mobi|windows ce')
        THEN if(
          regexp_like(agent, 'http|curl|wget|python|java|ruby|perl|php|requests|axios|[a-z]client'),
          'http_library', 'not_a_browser')
      WHEN regexp_like(headers,
        '(?i)(?:^|%0A)(?:purpose|x-purpose|sec-purpose|x-moz):(?:%20)*(?:prefetch|prerender|preview)')
        OR regexp_like(edge_data, '&p=(?:prefetch|prerender|preview)&')
        THEN 'prefetch_header'
      /* Amazon, Google, Microsoft, Hetzner, OVH, DigitalOcean, Linode, Vultr, Oracle, Alibaba, Tencent. */
      WHEN asn IN (
        16509, 14618, 15169, 396982, 8075, 24940, 16276, 14061, 63949, 20473, 31898, 45102, 132203)
        AND NOT regexp_like(coalesce(headers, ''), '(?i)(?:^|%0A)via:(?:[^%]|%20)*[(]cloudfront[)]')
        AND NOT regexp_like(coalesce(edge_data, ''), '&f=1&')
        THEN 'datacenter_network'
      ELSE 'browser'
    END AS traffic_reason,
    /* Chrome and its kin call every Android `Android 10; K`, and say the model in a hint, if they are asked for it. */
    if(
      model IS NOT NULL AND strpos(agent, 'android 10; k)') > 0,
      split_part(agent, 'android 10; k)', 1) || 'android 10; ' || lower(model) || ')'
        || split_part(agent, 'android 10; k)', 2),
      agent) AS device_agent
  FROM escaped
),
linked AS (
  SELECT
    decoded.*,
    regexp_extract(page, '^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//([^/?#]*)', 1) AS page_authority,
    regexp_extract(referrer, '^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//([^/?#]*)', 1) AS referrer_authority,
    /* What the page's own URL says of a campaign, in its query or in that of a route behind a #. */
    if(
      regexp_like(page, {{ link_parameters }}),
      regexp_replace(regexp_replace(page, '^[^?#]*[?#]?', ''), '[?#](?:(?:0*38|x26);)?', '&')) AS page_query
  FROM decoded
),
named AS (
  SELECT
    linked.*,
    {{ clean_page_query }} AS page_parameters,
    /* Without user, last dot and port, which few have. */
    if(
      regexp_like(page_authority, '[@:]|[.]$'),
      regexp_extract(page_authority, '^(?:[^/]*@)?([^@]*?)[.]*(?::[0-9]*)?$', 1),
      page_authority) AS page_server,
    if(
      regexp_like(referrer_authority, '[@:]|[.]$'),
      regexp_extract(referrer_authority, '^(?:[^/]*@)?([^@]*?)[.]*(?::[0-9]*)?$', 1),
      referrer_authority) AS referrer_server
  FROM linked
),
spelled AS (
  SELECT
    named.*,
    /* Page, ./. and referrer, in Unicode, if one of the hosts is not. */
    if(
      regexp_like(page_server, '(?i)%|xn-{2}') OR regexp_like(referrer_server, '(?i)%|xn-{2}'),
      {{ unicode_servers }}) AS servers
  FROM named
),
pointed AS (
  SELECT
    spelled.*,
    nullif(if(servers IS NULL, lower(page_server), split_part(servers, './.', 1)), '') AS page_host,
    /* An app is called as it is, and the case of its name counts. */
    nullif(
      CASE
        WHEN regexp_like(referrer, '(?i)^[a-z]+-app:') THEN referrer_server
        WHEN servers IS NULL THEN lower(referrer_server)
        ELSE split_part(servers, './.', 2)
      END,
      '') AS referrer_host
  FROM spelled
),
campaigned AS (
  SELECT
    pointed.*,
    /* The page's parameters count where the pixel has none. */
    if(
      regexp_like(parameters, '(?:^|&)utm_(?:source|medium|campaign|term|content)=[^&]'),
      parameters, page_parameters) AS campaign,
    if(
      page_parameters IS NOT NULL OR regexp_like(parameters, {{ click_ids }}),
      coalesce(parameters, '') || '&' || coalesce(page_parameters, '')) AS clicked
  FROM pointed
),
told AS (
  SELECT
    campaigned.*,
    regexp_extract(campaign, '(?:^|&)utm_source=([^&]*)', 1) AS utm_source_text,
    regexp_extract(campaign, '(?:^|&)utm_medium=([^&]*)', 1) AS utm_medium_text,
    regexp_extract(campaign, '(?:^|&)utm_campaign=([^&]*)', 1) AS utm_campaign_text,
    regexp_extract(campaign, '(?:^|&)utm_term=([^&]*)', 1) AS utm_term_text,
    regexp_extract(campaign, '(?:^|&)utm_content=([^&]*)', 1) AS utm_content_text,
    if(page_host LIKE 'www.%', substr(page_host, 5), page_host)
      = if(referrer_host LIKE 'www.%', substr(referrer_host, 5), referrer_host) AS same_site,
    lower(referrer_host) AS origin
  FROM campaigned
),
priced AS (
  SELECT
    told.*,
    nullif(coalesce(try(url_decode(utm_source_text)), utm_source_text), '') AS utm_source,
    nullif(coalesce(try(url_decode(utm_medium_text)), utm_medium_text), '') AS utm_medium,
    nullif(coalesce(try(url_decode(utm_campaign_text)), utm_campaign_text), '') AS utm_campaign,
    nullif(coalesce(try(url_decode(utm_term_text)), utm_term_text), '') AS utm_term,
    nullif(coalesce(try(url_decode(utm_content_text)), utm_content_text), '') AS utm_content,
    TRY_CAST(regexp_extract(sent_value, '^[+-]?0*[0-9]{0,14}(?:[.][0-9]*)?$') AS decimal(18,4)) AS value,
    /* ASCII letters only: in capitals, sharp s and p are SSP, a currency. */
    upper(regexp_extract(sent_currency, '^[a-zA-Z]{3}$')) AS code
  FROM told
),
labelled AS (
  SELECT
    priced.*,
    if(
      code IN (
        {{ currencies }}),
      code) AS currency,
    lower(utm_medium) AS medium,
    regexp_replace(lower(utm_source), '^https?://|/.*$', '') AS source,
    {{ traffic }} AS traffic
  FROM priced
)
SELECT
  event_time,
  event,
  page,
  page_host,
  CASE
    WHEN regexp_like(page, '^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//')
      THEN coalesce(nullif(regexp_extract(page, '^[^/]*//[^/?#]*([^?#]*)', 1), ''), '/')
    WHEN page LIKE '/%' THEN regexp_extract(page, '^[^?#]*')
  END || if(
    strpos(page, 'p=') > 0 OR strpos(page, 'page_id=') > 0,
    /* Of a blog whose links are plain, such as WordPress makes them at first, only the query tells the post. */
    coalesce(
      '?' || regexp_extract(
        page,
        '^(?:[^/?#]*//[^/?#]*)?(?:/(?:[^?#]*/)?(?:index[.]php)?)?[?](?:[^#]*&)?((?:p|page_id)=[0-9]+)(?:[&#]|$)',
        1),
      ''),
    '') || if(
    strpos(page, '#') > 0,
    /* A route of the application is part of the page. Any other fragment is a place in it, or the text to show. */
    coalesce(regexp_extract(page, '^[^#]*(#!?/(?:[^?#:]|:[^?#~])*)', 1), ''),
    '') AS page_path,
  referrer,
  referrer_host,
  site,
  title,
  item,
  order_id,
  value,
  currency,
  if(
    (sent_value IS NOT NULL AND value IS NULL)
      OR (sent_currency IS NOT NULL AND currency IS NULL)
      OR (value <> 0 AND currency IS NULL),
    concat_ws(' ', 'v=' || substr(sent_value, 1, 100), 'c=' || substr(sent_currency, 1, 100))) AS malformed_value,
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
    WHEN brand IN ('Brave', 'Vivaldi', 'DuckDuckGo', 'Samsung Internet') THEN brand
    WHEN regexp_like(brand, '^(?:YaBrowser|Yandex)') THEN 'Yandex Browser'
    WHEN regexp_like(brand, '^Microsoft Edge') THEN 'Edge'
    WHEN regexp_like(brand, '^Opera') THEN 'Opera'
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
    WHEN platform IN ('Android', 'iOS', 'Linux', 'macOS', 'Windows') THEN platform
    WHEN platform IN ('Chrome OS', 'Chromium OS') THEN 'ChromeOS'
    WHEN agent LIKE '%windows%' THEN 'Windows'
    WHEN agent LIKE '%android%' THEN if(agent LIKE '%chromebook%', 'ChromeOS', 'Android')
    WHEN regexp_like(agent,
      '(?:^|[^a-z])(?:i(?:phone|pad|pod)|(?:ios|tvos|watch ?os)(?:[^a-z]|$))|(?:cr|fx|edg)ios/|apple ?tv|mac os x.* mobile/')
      THEN 'iOS'
    WHEN agent LIKE '%macintosh%' THEN 'macOS'
    WHEN regexp_like(agent, '[( ]cros ') THEN 'ChromeOS'
    WHEN regexp_like(agent, 'andr0id|(?:^|[^a-z])adr |silk[/-]|oculusbrowser|amazon;aft') THEN 'Android'
    WHEN regexp_like(agent, 'linux|x11|web0s|roku|vizio') THEN 'Linux'
    WHEN regexp_like(agent, 'mac os|mac_powerpc|darwin/.*[(](?:x86_64|i386|power)|[(]mac') THEN 'macOS'
    WHEN regexp_like(agent, 'cfnetwork|darwin/') THEN 'iOS'
    WHEN regexp_like(agent, 'win(?:32|64|9)') THEN 'Windows'
    ELSE 'other'
  END AS os,
  CASE
    WHEN {{ is_program }} THEN 'other'
    WHEN claims = '' AND (device_agent NOT LIKE '%android%' OR device_agent LIKE '%; android 10; k)%') THEN CASE
      WHEN device_agent LIKE '%mobile safari%' OR device_agent LIKE '%iphone%' OR mobile_hint = '1' THEN 'mobile'
      WHEN device_agent LIKE '%android%' THEN 'tablet'
      WHEN device_agent LIKE '%ipad%' THEN 'tablet'
      ELSE 'desktop'
    END
    WHEN regexp_like(device_agent, 'playstation|nintendo|xbox|(?:^|[^a-z])(?:psp|wii|ps[345])(?:[^a-z0-9]|$)|dreamcast|[ ;]ouya')
      THEN 'console'
    /* By name, or by the model of an Android: boxes, sticks, and sets that are called after their inches. */
    WHEN regexp_like(device_agent,
      '(?:smart|hbb|google|android|apple|mi|net|opera|philips|inet|fire)[ _-]?tv|tvos|[ /;_-]d?tv(?:[^a-z0-9]|$)|web0s|netcast'
      || '|netrange|bravia|[ ;]aft[a-z0-9]{1,8}(?:[ );]|$)|roku|crkey|chromecast|(?:^|[^a-z])viera|vidaa|vizio|ce-html'
      || '|hybridcast|youview|espial|sonycebrowser|nexus player|set-?top|brightsign|[( ;]tivo|linux mips'
      || '|[ ;]omi/|[a-z]{2}-device/|, ?wire(?:d|less)[)]'
      || '|andr[o0]id [^()]*(?:[a-z]tv[ );_-]|[^a-z]tv[a-z]{0,2}[0-9]|led[0-9 _-]|box|stb|iptv|stick|stream|shell|rombica'
      || '|vontar|zidoo|mecool|[^0-9][48]k[^a-z]|[ ;](?:a95x|h96|x96|t95|mxq|m8s|neo-[uxz]|tx[0-9][^0-9]|gt-?king|mk80)'
      || '|[^0-9](?:24|32|39|40|42|43|49|50|55|58|65|75)(?:[a-z]{1,4}[0-9]|[flu][a-z]{2}))')
      THEN 'tv'
    WHEN regexp_like(device_agent,
      '(?:^|[^a-z])ipad|tablet(?:[^a-z ]| [^p])|mac os x.* mobile/|macintosh.*(?:cr|fx|edg)ios/|playbook'
      || '|andr[o0]id [^()]*(?:tab|[^l]pad[^f]|[^a-z]tb|[ ;]mid|sm-[tx][0-9]|gt-p[0-9]|[ ;]kf[a-z]{2,4}[ );]|slide|iplay|slate'
      || '|pmt[0-9]|-w[01][09]|nexus (?:7|9|10)[^0-9]|xoom|wi-?fi|.*/apad(?: |$))|[^a-z]adr [^()]*(?:tab|sm-t[0-9]|transformer)')
      AND NOT regexp_like(device_agent, 'iphone|ipod')
      THEN 'tablet'
    WHEN mobile_hint = '1' OR regexp_like(
      device_agent, 'mobi|iphone|ipod|midp|phone|up[.]browser|wap|brew|maui|wpdesktop|lumia|palmos|windows ce|webos/')
      THEN 'mobile'
    WHEN regexp_like(
      device_agent,
      'darwin/.*[(](?:x86_64|i386|power)|chromebook|andr[o0]id [^()]*(?:elitebook|probook|inspiron|vostro|optiplex)')
      THEN 'desktop'
    WHEN regexp_like(device_agent, 'dalvik|cfnetwork') THEN 'mobile'
    WHEN regexp_like(device_agent, 'andr[o0]id') THEN if(regexp_like(device_agent, 'safari'), 'tablet', 'mobile')
    WHEN regexp_like(device_agent, 'windows|macintosh|mac os|x11|cros|linux') THEN 'desktop'
    ELSE 'other'
  END AS device,
  /* As RFC 5646 writes it (2.1.1), and without script and variants. */
  lower(regexp_extract(edge_data, '&l=([a-zA-Z]{2,8})[-&]', 1)) || coalesce(
    '-' || upper(regexp_extract(edge_data, '&l=[a-zA-Z]{2,8}(?:-[a-zA-Z]{4})?-([a-zA-Z]{2}|[0-9]{3})[-&]', 1)),
    '') AS language,
  /* The first that fits: a paid or affiliate click, the campaign, the page's own site, where else the visitor was. */
  CASE
    WHEN regexp_like(clicked, {{ paid_click_ids }}) THEN 'paid'
    WHEN regexp_like(clicked, {{ affiliate_click_ids }}) THEN 'affiliate'
    ELSE coalesce(
      {{ medium_channel }},
      {{ source_channel }},
      {{ plain_medium_channel }},
      if(same_site, 'internal'),
      {{ referrer_channel }},
      if(referrer_host IS NOT NULL, 'referral'),
      if(regexp_like(clicked, {{ mail_click_ids }}), 'mail'),
      if(regexp_like(clicked, {{ social_click_ids }}), 'social'),
      if(utm_source IS NOT NULL OR utm_medium IS NOT NULL OR utm_campaign IS NOT NULL, 'referral', 'direct'))
  END AS channel,
  traffic,
  traffic_reason,
  from_big_endian_64(substr(
    sha256(to_utf8(address || ' ' || coalesce(user_agent, '') || ' ' || coalesce(host, ''))), 1, 8)) AS visitor,
  request_id,
  request_id IS NOT NULL AS has_request_id,
  status,
  method,
  query,
  regexp_like(query, '%(?:[^0-9a-fA-F]|[0-9a-fA-F][^0-9a-fA-F]|[0-9a-fA-F]?$)') AS malformed_query,
  function_ran,
  object,
  {{ rules_version }} AS rules_version,
  dt,
  hour
FROM labelled
