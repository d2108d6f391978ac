{{ traffic }} /* traffic */
  AND true /* site */
  AND {{ statuses }}
  AND event <> '{{ doctor_event }}'
  AND request_id IS NOT NULL
  AND event_time >= {{ begin }}
  AND event_time < current_timestamp
  AND dt >= date_format(date_add('hour', -1, {{ begin }}), '%Y-%m-%d')
  AND dt || hour >= date_format(date_add('hour', -1, {{ begin }}), '%Y-%m-%d%H')
