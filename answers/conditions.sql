{{ traffic }} /* traffic */
  AND true /* site */
  AND true /* filters */
  AND {{ statuses }}
  AND event <> '{{ doctor_event }}'
  AND has_request_id
  AND {{ period }}
