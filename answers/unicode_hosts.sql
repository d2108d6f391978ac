/* RFC 3492, Punycode: a label that begins with xn and two hyphens has its plain letters, a hyphen, and then digits (a to z,
   0 to 9) that say which other letters go where. The state of reduce is an array of seven numbers and of the letters so far,
   as code points: 1. where the next letter goes; 2. the number that is being read; 3. the weight of its next digit; 4. that
   digit's place, in steps of 36; 5. the bias; 6. the last letter; 7. whether a number has been read. After each digit come
   more steps: A makes a place and a letter of a number, B and C (three times: 35 * 35 * 35 is enough for 63 letters) the next
   bias, D puts the letter in.
   What is not made of letters, marks, digits and hyphens stays as it was sent, because it could pass for another host. */
array_join(transform(split(
  /* What is encoded as in a URL is letters, and not a / or an @ in disguise. */
  lower(if(regexp_like({{ hosts }}, '%(?:[0-7]|$|.$|.?[^0-9a-fA-F])'), {{ hosts }}, url_decode({{ hosts }}))),
  '.'), label -> coalesce(
  try(regexp_extract(
    reduce(
      transform(
        regexp_extract_all(regexp_replace(
          regexp_extract(label, '^xn-{2}(?:.{0,58}-)?([a-z0-9]{1,59})$', 1), '(.)', '$1ABCCCD'), '.'),
        digit -> ARRAY[strpos('abcdefghijklmnopqrstuvwxyz0123456789ABCD', digit) - 1]),
      ARRAY[CAST(0 AS bigint), 0, 1, 36, 72, 128, 0] || transform(
        regexp_extract_all(coalesce(regexp_extract(label, '^xn-{2}(.*)-', 1), ''), '.'),
        letter -> CAST(codepoint(CAST(letter AS varchar(1))) AS bigint)),
      (s, digit) -> CASE
        WHEN digit[1] < 36 THEN if(
          digit[1] < least(greatest(s[4] - s[5], 1), 26),
          ARRAY[s[1], s[2] + digit[1] * s[3], s[3], s[4], s[5], s[6], 1],
          ARRAY[
            s[1], s[2] + digit[1] * s[3], s[3] * (36 - least(greatest(s[4] - s[5], 1), 26)), s[4] + 36, s[5], s[6], 0])
        WHEN s[7] = 0 OR digit[1] = 38 AND s[2] <= 455 THEN slice(s, 1, 7)
        WHEN digit[1] = 36 THEN ARRAY[
          (s[1] + s[2]) % (cardinality(s) - 6), s[2] / if(s[1] = 0, 700, 2), 0, 0, 0,
          s[6] + (s[1] + s[2]) / (cardinality(s) - 6), 1]
        WHEN digit[1] = 37 THEN ARRAY[s[1], s[2] + s[2] / (cardinality(s) - 6), 0, 0, 0, s[6], 1]
        WHEN digit[1] = 38 THEN ARRAY[s[1], s[2] / 35, 0, s[4] + 36, 0, s[6], 1]
        ELSE ARRAY[s[1] + 1, 0, 1, 36, s[4] + 36 * s[2] / (s[2] + 38), s[6], 0]
      END || if(
        digit[1] = 39 AND s[7] = 1,
        slice(s, 8, s[1]) || ARRAY[s[6]] || slice(s, 8 + s[1], cardinality(s)),
        slice(s, 8, cardinality(s))),
      s -> if(s[2] = 0 AND s[3] = 1, array_join(transform(slice(s, 8, cardinality(s)), letter -> chr(letter)), ''))),
    '^[' || chr(92) || 'p{L}' || chr(92) || 'p{M}' || chr(92) || 'p{N}-]+$')),
  label)), '.')
