event_time >= {{ begin }}
  AND event_time < {{ end }}
  AND dt >= date_format(date_add('hour', -1, {{ begin }}), '%Y-%m-%d')
  AND (typed OR dt || hour >= date_format(date_add('hour', -1, {{ begin }}), '%Y-%m-%d%H'))
  AND dt <= date_format(date_add('day', {{ latest_days }}, {{ end }}), '%Y-%m-%d')
