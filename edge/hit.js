// SPDX-License-Identifier: Apache-2.0
// CloudFront Function (viewer request, JavaScript runtime 2.0): says in the access log what is stored of a hit, and lets
// the request go on as it came. The format is in docs/edge-function.md. This is a list of what may be kept: what is not
// named here never reaches a log. CloudFormation fills in the values of two parameters; nothing else may look like one.
import cf from 'cloudfront';

const ADDRESSES = '${IpAddresses}';
const HONORS_PRIVACY_CONTROL = '${HonorGlobalPrivacyControl}' === 'true';
const LOGGED_BYTES = 800; // after URL-encoding; CloudFront cuts the rest off
const READ_CHARACTERS = 1000; // no browser sends a longer language list or client hint

function handler(event) {
    const pairs = [['v', '1']];
    // The image matters more than its log line: what was found before a failure is said, and nothing else.
    try {
        describe(event, pairs);
    } catch (error) {
        console.log('The hit was not described to its end.'); // not the error: it may hold what a header said
    }
    try {
        cf.logCustomData(joined(pairs));
    } catch (error) {
        console.log('The hit was not described.');
    }
    return event.request;
}

function describe(event, pairs) {
    const headers = event.request.headers;
    const optsOut = HONORS_PRIVACY_CONTROL && values(headers, 'sec-gpc').join(',').split(',').some(isOne);
    if (optsOut) {
        pairs.push(['g', '1']);
    } else if (ADDRESSES === 'truncated') {
        pairs.push(['a', truncated(event.viewer.ip)]);
    }
    pairs.push(['p', purpose(headers)]);
    pairs.push(['f', values(headers, 'via').some(isCloudFront) ? '1' : '']);
    if (!optsOut) {
        pairs.push(['l', language(first(headers, 'accept-language'))]);
        pairs.push(['m', mobile(first(headers, 'sec-ch-ua-mobile'))]);
        pairs.push(['o', plain(quoted(first(headers, 'sec-ch-ua-platform'))[0])]);
        pairs.push(['d', plain(quoted(first(headers, 'sec-ch-ua-model'))[0])]);
        pairs.push(['b', plain(brand(first(headers, 'sec-ch-ua')))]);
    }
}

// A pair that does not fit is left out whole, so the later ones make room first.
function joined(pairs) {
    let text = '';
    pairs.forEach(function(pair) {
        const longer = text + (text && '&') + pair[0] + '=' + pair[1];
        if (pair[1] && encodedBytes(longer) <= LOGGED_BYTES) {
            text = longer;
        }
    });
    return text;
}

// As many as URL-encoding may make of it: which characters CloudFront encodes is not documented. The text is ASCII.
function encodedBytes(text) {
    return text.length + 2 * text.replace(/[A-Za-z0-9._-]+/g, '').length;
}

function values(headers, name) {
    const header = headers[name];
    if (!header) {
        return [];
    }
    return (header.multiValue || [header]).map(function(one) {
        return one.value || '';
    });
}

function first(headers, name) {
    const text = values(headers, name)[0] || '';
    return text.length <= READ_CHARACTERS ? text : '';
}

function isOne(text) {
    return text.trim() === '1';
}

function isCloudFront(text) {
    return text.toLowerCase().includes('(cloudfront)');
}

function purpose(headers) {
    let found = '';
    ['purpose', 'x-purpose', 'sec-purpose', 'x-moz'].forEach(function(name) {
        values(headers, name).forEach(function(text) {
            const word = /^ *(prefetch|prerender|preview)/i.exec(text);
            found = found || (word ? word[1].toLowerCase() : '');
        });
    });
    return found;
}

// The first language tag of Accept-Language (RFC 9110); none of the longest that RFC 5646 asks systems to hold is cut.
function language(text) {
    const tag = text.split(',')[0].split(';')[0].trim();
    return tag.length <= 35 && /^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$/.test(tag) ? tag : '';
}

function mobile(text) {
    return text === '?1' ? '1' : text === '?0' ? '0' : '';
}

// The quoted strings of a header (RFC 8941), without their quotes and parameters.
function quoted(text) {
    const strings = text.replace(/; *[a-z]+="[^"]*"/g, '').match(/"(\\.|[^"\\])*"/g) || [];
    return strings.map(function(string) {
        return string.slice(1, -1);
    });
}

// The brand that says most. Browsers add made-up ones, such as "Not/A)Brand", to keep servers from relying on lists.
function brand(text) {
    const brands = quoted(text).filter(function(name) {
        return name !== 'Chromium' && name.replace(/[^A-Za-z]/g, '').toLowerCase() !== 'notabrand';
    });
    const own = brands.filter(function(name) {
        return name !== 'Google Chrome';
    });
    return own[0] || brands[0] || '';
}

// Only characters that mean nothing to a log line, a URL or this format.
function plain(text) {
    return (text || '').replace(/[^A-Za-z0-9 ._:/()+-]/g, '').trim();
}

// The address's network, in the text that the aggregator makes of it (functions/aggregator/viewer/addresses.py): /24 of
// IPv4, /48 of IPv6. An IPv4 address inside an IPv6 address (mapped, 6to4) is truncated as IPv4.
function truncated(address) {
    const ipv4 = /^([0-9.]+)(:[0-9]{1,5})?$/.exec(address);
    if (ipv4) {
        return isIPv4(ipv4[1]) ? network(ipv4[1].split('.')) : '';
    }
    const brackets = /^\[([^\]]*)\](:[0-9]{1,5})?$/.exec(address);
    const groups = expanded((brackets ? brackets[1] : address).split('%')[0]);
    if (!groups) {
        return '';
    }
    if (groups.slice(0, 5).every(isZero) && groups[5] === 'ffff') {
        return network([byte(groups[6], 0), byte(groups[6], 2), byte(groups[7], 0)]);
    }
    const kept = groups.slice(0, 3);
    if (kept[0] === '2002') { // 6to4: the next four bytes are the IPv4 address, of which three may stay
        kept[2] = kept[2].slice(0, 2) + '00';
    }
    while (kept.length && isZero(kept[kept.length - 1])) {
        kept.pop();
    }
    return kept.map(withoutZeros).join(':') + '::';
}

function network(bytes) {
    return bytes[0] + '.' + bytes[1] + '.' + bytes[2] + '.0';
}

function isIPv4(text) {
    return /^((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])$/.test(text);
}

// The eight groups of an IPv6 address, each of four digits in lower case; undefined for what is not one (RFC 4291, 2.2).
function expanded(text) {
    const tail = text.slice(text.lastIndexOf(':') + 1);
    const mapped = tail.includes('.');
    if (mapped && !isIPv4(tail)) {
        return undefined;
    }
    const halves = (mapped ? text.slice(0, -tail.length) + hexadecimal(tail) : text).toLowerCase().split('::');
    const parts = halves.map(function(half) {
        return half ? half.split(':') : [];
    });
    const written = parts[0].concat(parts[1] || []);
    const missing = 8 - written.length;
    const fits = halves.length === 1 ? missing === 0 : halves.length === 2 && missing > 0;
    if (!fits || !written.every(isGroup)) {
        return undefined;
    }
    const zeros = '0,'.repeat(missing).split(',').slice(0, missing);
    return parts[0].concat(zeros, parts[1] || []).map(function(group) {
        return group.padStart(4, '0');
    });
}

function hexadecimal(ipv4) {
    const bytes = ipv4.split('.').map(function(part) {
        const value = Number.parseInt(part, 10);
        return '0123456789abcdef'.charAt(Math.floor(value / 16)) + '0123456789abcdef'.charAt(value % 16);
    });
    return bytes[0] + bytes[1] + ':' + bytes[2] + bytes[3];
}

function byte(group, begin) {
    return Number.parseInt(group.slice(begin, begin + 2), 16);
}

function isGroup(text) {
    return /^[0-9a-f]{1,4}$/.test(text);
}

function isZero(group) {
    return group === '0000';
}

function withoutZeros(group) {
    return group.replace(/^0{1,3}/, '');
}
