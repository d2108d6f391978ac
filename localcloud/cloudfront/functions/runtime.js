// SPDX-License-Identifier: Apache-2.0
// What surrounds a function's code in the local cloud's engine: the runtime 2.0 of CloudFront Functions as far as it is
// documented. Source: CloudFront Developer Guide, "JavaScript runtime 2.0 features" and "General helper methods".
'use strict';
(function () {
  const DOCUMENTED = (
    'globalThis NaN Infinity undefined decodeURI decodeURIComponent encodeURI encodeURIComponent isFinite isNaN ' +
    'parseFloat parseInt atob btoa Object String Number Boolean Math Date RegExp JSON Array Promise DataView Symbol ' +
    'ArrayBuffer Float32Array Float64Array Int8Array Int16Array Int32Array Uint8Array Uint8ClampedArray Uint16Array ' +
    'Uint32Array Error EvalError InternalError RangeError ReferenceError SyntaxError TypeError URIError'
  ).split(' ');
  // A newer engine knows more, and no function may rely on it. Neither is code made of text: no eval, no constructors.
  Object.getOwnPropertyNames(globalThis).forEach(function (name) {
    if (DOCUMENTED.indexOf(name) < 0) delete globalThis[name];
  });
  [function () {}, async function () {}, function* () {}].forEach(function (one) {
    delete Object.getPrototypeOf(one).constructor;
  });

  let logged, outcome;
  globalThis.console = Object.freeze({ log: function () {} });
  const cloudfront = Object.freeze({
    logCustomData: function (text) {
      if (typeof text !== 'string') throw new TypeError('logCustomData takes one string');
      logged = text;
    },
  });

  function settle(value) {
    outcome = { value: value === undefined ? null : value };
  }
  function fail(error) {
    // When there is no memory left, there is none for an error either.
    outcome = { error: error === null ? 'out of memory' : String(error), exhausted: error === null };
  }

  return function (load) {
    const handler = load(cloudfront);
    return {
      start: function (eventText, rawQuery) {
        logged = outcome = undefined;
        try {
          const event = JSON.parse(eventText);
          Object.defineProperty(event.request, 'rawQueryString', {
            value: function () {
              return rawQuery === null ? undefined : rawQuery;
            },
          });
          const value = handler(event);
          if (value && typeof value.then === 'function') value.then(settle, fail);
          else settle(value);
        } catch (error) {
          fail(error);
        }
      },
      finish: function () {
        const last = outcome || { error: 'the function did not finish' };
        return JSON.stringify({ value: last.value, error: last.error, exhausted: last.exhausted, logged: logged });
      },
    };
  };
})();
