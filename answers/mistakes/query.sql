-- What is wrong with an event is told as words, NULL if nothing is: most events are counted by that, by their name and
-- site, and not carried on. Of names that differ in spelling only, the one that is sent most is meant.
WITH once AS (
  SELECT
    min(event_time) AS event_time,
    min(event) AS event,
    min(site) AS site,
    min(page) AS page,
    min(order_id) AS order_id,
    min(value) AS value,
    min(currency) AS currency,
    min(malformed_value) AS malformed_value,
    min(malformed_query) AS malformed_query,
    min(traffic) AS traffic,
    min(traffic_reason) AS traffic_reason,
    -- A query with a name of several letters that is neither by nor a campaign's, or with capitals: few have one.
    min(CASE
      WHEN regexp_like(
        query,
        '(?:^|[&;])(?:[A-Z]|[ac-tv-z][A-Za-z_-]|b(?:[A-Za-xz_-]|y[A-Za-z_-])'
        || '|u(?:[A-Za-su-z_-]|t[A-Za-ln-z_-]|tm[^_=&]|tm_[A-Z]))[A-Za-z_-]*=')
        THEN query
    END) AS query
  FROM events
  WHERE {{ conditions }}
  GROUP BY request_id
),
told AS (
  SELECT
    once.*,
    event IN ('purchase', 'refund') AS sells,
    coalesce(malformed_value LIKE 'v=%', false) AS has_odd_value,
    coalesce(regexp_like(malformed_value, '(?:^| )c='), false) AS has_odd_currency,
    CASE
      WHEN query IS NOT NULL THEN nullif(concat_ws(
        ' ',
        CASE WHEN NOT regexp_like(query, '(?:^|[&;])e=')
          THEN regexp_extract(query, '(?i)(?:^|[&;])(e|ev|evt|event|event[_-]?name|action)=', 1) || '>e' END,
        CASE WHEN NOT regexp_like(query, '(?:^|[&;])u=')
          THEN regexp_extract(query, '(?i)(?:^|[&;])(u|url|page|page[_-]?url|location|href)=', 1) || '>u' END,
        CASE WHEN NOT regexp_like(query, '(?:^|[&;])r=')
          THEN regexp_extract(query, '(?i)(?:^|[&;])(r|referrer|referer)=', 1) || '>r' END,
        CASE WHEN NOT regexp_like(query, '(?:^|[&;])t=')
          THEN regexp_extract(query, '(?i)(?:^|[&;])(t|title|page[_-]?title)=', 1) || '>t' END,
        CASE WHEN NOT regexp_like(query, '(?:^|[&;])s=')
          THEN regexp_extract(query, '(?i)(?:^|[&;])(s|site|site[_-]?id|website)=', 1) || '>s' END,
        CASE WHEN NOT regexp_like(query, '(?:^|[&;])i=')
          THEN regexp_extract(query, '(?i)(?:^|[&;])(i|item|item[_-]?id|product|product[_-]?id|sku)=', 1) || '>i' END,
        CASE WHEN NOT regexp_like(query, '(?:^|[&;])o=')
          THEN regexp_extract(query, '(?i)(?:^|[&;])(o|order|order[_-]?(?:id|no|number)|transaction[_-]?id)=', 1) || '>o' END,
        CASE WHEN NOT regexp_like(query, '(?:^|[&;])v=')
          THEN regexp_extract(query, '(?i)(?:^|[&;])(v|val|value|amount|price|total|revenue)=', 1) || '>v' END,
        CASE WHEN NOT regexp_like(query, '(?:^|[&;])c=')
          THEN regexp_extract(query, '(?i)(?:^|[&;])(c|cur|curr|currency|currency[_-]?code)=', 1) || '>c' END,
        CASE WHEN NOT regexp_like(query, '(?:^|[&;])utm_source=')
          THEN regexp_extract(query, '(?i)(?:^|[&;])(utm[_-]?source)=', 1) || '>utm_source' END,
        CASE WHEN NOT regexp_like(query, '(?:^|[&;])utm_medium=')
          THEN regexp_extract(query, '(?i)(?:^|[&;])(utm[_-]?medium)=', 1) || '>utm_medium' END,
        CASE WHEN NOT regexp_like(query, '(?:^|[&;])utm_campaign=')
          THEN regexp_extract(query, '(?i)(?:^|[&;])(utm[_-]?campaign)=', 1) || '>utm_campaign' END
      ), '')
    END AS misnamed
  FROM once
),
noticed AS (
  SELECT
    told.*,
    nullif(
      concat_ws(
        ' ',
        CASE WHEN has_odd_value AND value IS NULL THEN 'unreadable_amount' END,
        CASE WHEN has_odd_currency AND currency IS NULL THEN 'unknown_currency' END,
        CASE WHEN value <> 0 AND currency IS NULL AND NOT has_odd_currency THEN 'amount_without_currency' END,
        CASE WHEN sells AND value IS NULL AND NOT has_odd_value THEN 'purchase_without_amount' END,
        CASE WHEN sells AND order_id IS NULL THEN 'purchase_without_order' END,
        -- A template's place that nobody filled in, or what a program prints for nothing (`null` and its
        -- like are NULL in the view). A GUID in braces has digits.
        CASE
          WHEN sells AND regexp_like(
            order_id,
            '(?i)[$][{]|[{][{]|[{][^{}0-9]*[}]|^[{][0-9][}]$|<%|%%|^%[a-z_.]+%$|^[\x5b(<][^0-9]*[\x5d)>]$|^[$:@][a-z_.]+$'
            || '|^(?:your[ _-]?)?order[ _-]?(?:id|no|nr|number)?$|^(?:0+|-+|x+|n/a|false)$')
            THEN 'unfilled_order'
        END,
        CASE WHEN sells AND traffic NOT IN ('human', 'server') THEN 'sent_by_program>' || traffic_reason END,
        CASE WHEN malformed_query THEN 'malformed_query' END,
        misnamed),
      '') AS wrong
  FROM told
),
counted AS (
  SELECT
    event,
    site,
    wrong,
    count(*) AS n,
    max(event_time) AS last_seen,
    max(ARRAY[
      CAST(CAST(to_unixtime(event_time) * 1000 AS bigint) AS varchar),
      coalesce(page, ''),
      coalesce(malformed_value, ''),
      coalesce(order_id, '')
    ]) AS newest
  FROM noticed
  GROUP BY event, site, wrong
),
separate AS (
  SELECT counted.*, code
  FROM counted
  CROSS JOIN UNNEST(split(concat_ws(' ', 'event_name', 'site_name', wrong), ' ')) AS codes (code)
),
named AS (
  SELECT
    CASE
      WHEN code LIKE 'sent_by_program>%' THEN 'sent_by_program'
      WHEN code LIKE '%>%' THEN 'parameter_name'
      ELSE code
    END AS mistake,
    CASE
      WHEN code LIKE 'sent_by_program>%' THEN split_part(code, '>', 2)
      WHEN code LIKE '%>%' THEN split_part(code, '>', 1)
      WHEN code = 'site_name' THEN site
      WHEN code <> 'malformed_query' THEN event
    END AS sent,
    CASE WHEN code LIKE '%>%' AND code NOT LIKE 'sent_by_program>%' THEN split_part(code, '>', 2) END AS parameter,
    n,
    last_seen,
    newest
  FROM separate
),
summed AS (
  SELECT
    mistake,
    sent,
    parameter,
    -- As it may be spelled: without what stands between words, and of a site without its case alone.
    CASE mistake
      WHEN 'event_name' THEN regexp_replace(lower(sent), '[ ._-]+', '')
      WHEN 'site_name' THEN lower(sent)
      ELSE sent
    END AS spelling,
    sum(n) AS events,
    max(last_seen) AS last_seen,
    max(newest) AS newest
  FROM named
  WHERE sent IS NOT NULL OR mistake = 'malformed_query'
  GROUP BY mistake, sent, parameter
),
spelled AS (
  SELECT summed.*, first_value(sent) OVER (PARTITION BY mistake, spelling ORDER BY events DESC, sent DESC) AS usual
  FROM summed
),
compared AS (
  SELECT
    spelled.*,
    CASE
      WHEN mistake = 'parameter_name' THEN parameter
      WHEN mistake = 'site_name' THEN usual
      WHEN mistake <> 'event_name' THEN NULL
      WHEN spelling IN ('view', 'views', 'viewed', 'pageview', 'pageviews', 'pageviewed', 'viewpage') THEN 'view'
      WHEN spelling IN (
        'product', 'products', 'viewitem', 'itemview', 'viewproduct', 'productview', 'productviewed', 'viewcontent')
        THEN 'product'
      WHEN spelling IN (
        'cart', 'carts', 'addtocart', 'addedtocart', 'addcart', 'cartadd', 'productadded', 'basket', 'addtobasket')
        THEN 'cart'
      WHEN spelling IN (
        'checkout', 'checkouts', 'chekout', 'begincheckout', 'startcheckout', 'initiatecheckout', 'initiatedcheckout',
        'checkoutstarted', 'checkoutstart')
        THEN 'checkout'
      WHEN spelling IN (
        'purchase', 'purchases', 'purchased', 'purchace', 'purchse', 'buy', 'bought', 'order', 'ordered',
        'ordercompleted', 'ordercomplete', 'orderplaced', 'completepurchase', 'transaction', 'sale')
        THEN 'purchase'
      WHEN spelling IN ('refund', 'refunds', 'refunded', 'orderrefunded') THEN 'refund'
      ELSE usual
    END AS meant
  FROM spelled
)
SELECT
  mistake,
  sent,
  meant,
  events,
  CAST(last_seen AT TIME ZONE {{ time_zone }} AS timestamp(3)) AS last_seen,
  nullif(element_at(newest, 2), '') AS page,
  nullif(
    CASE
      WHEN mistake IN ('unreadable_amount', 'unknown_currency', 'amount_without_currency') THEN element_at(newest, 3)
      WHEN mistake IN ('purchase_without_amount', 'sent_by_program', 'unfilled_order') THEN element_at(newest, 4)
    END,
    '') AS example
FROM compared
WHERE mistake NOT IN ('event_name', 'site_name') OR meant <> sent
ORDER BY events DESC, mistake, sent, meant
LIMIT 200
