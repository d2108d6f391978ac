{{ traffic }} /* traffic */
  AND true /* site */
  AND {{ statuses }}
  AND event <> '{{ doctor_event }}'
  AND request_id IS NOT NULL
  AND {{ period }}
