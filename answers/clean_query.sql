/* A query string as it should have been sent. HTML that was escaped twice has amp; before a name. Values lose white space
   around them. Then a value is empty that says that there is none: of u, r, e, t, s, i, o and of names of more than one
   letter, because what stands in v and c is to be reported. That is done twice, since two that follow each other share an &. */
if(
  regexp_like(
    {{ query }},
    '(?i)(?:^|&)(?:amp|#|%23)|=(?:{{ white_space }})'
    || '|(?:{{ white_space }})(?:&|$)'
    || '|={{ nothing }}(?:&|$)'),
  regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
    {{ query }},
    '(?i)(^|&)(?:(?:amp|(?:#|%23)(?:0*38|x26))(?:;|%(?:25)*3b))+', '$1'),
    '(^|&)([^=&]*=)(?:{{ white_space }})+', '$1$2'),
    '(?:{{ white_space }})+(&|$)', '$1'),
    '(^|&)((?:[uretsio]|[a-zA-Z_]{2,})=)'
    || '{{ nothing }}(&|$)', '$1$2$3'),
    '(^|&)((?:[uretsio]|[a-zA-Z_]{2,})=)'
    || '{{ nothing }}(&|$)', '$1$2$3'),
  {{ query }})
