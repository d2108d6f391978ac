// SPDX-License-Identifier: Apache-2.0
// What a Node consumer of the aggregated stream sees. Standard input: Kinesis records as an array in JSON, each with
// `data` in base64. Standard output: for each of them its user records, as aws-kinesis-agg takes them out after it
// checked the MD5. A record that it cannot take apart ends the process with an error.
"use strict";

const { readFileSync } = require("node:fs");
const { deaggregateSync } = require("aws-kinesis-agg");

function userRecords(kinesisRecord) {
  let found;
  deaggregateSync(kinesisRecord, true, (error, records) => {
    if (error) throw error;
    found = records;
  });
  return found;
}

const kinesisRecords = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(kinesisRecords.map(userRecords)));
