/** auth whoami: how the server sees us. */
import type { Command } from '../../command.js';
import type { Context } from '../../context.js';
import { printerFor } from '../../printers/printer.js';
import { TablePrinter } from '../../printers/table.js';
import { checkOptions, WRITE_OUTPUT_FLAGS } from '../../writing.js';
import { inGoOrder, typedJson } from '../../goorder.js';
import { printFlags, readText } from '../get.js';

export const whoami: Command = { name: 'whoami', summary: 'Experimental: Check self subject attributes', usage: '[options]', flags: WRITE_OUTPUT_FLAGS, run };

const REVIEWS = { group: 'authentication.k8s.io', version: 'v1', name: 'selfsubjectreviews' };

async function run(context: Context): Promise<void> {
  checkOptions(context);
  // A review is posted, though nothing is kept.
  context.needs('write');
  const review: any = await (
    await context.rest()
  ).object('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata: { creationTimestamp: null }, status: { userInfo: {} } },
  });
  const output = context.flags.string('output');
  if (output.toLowerCase() === 'json') return context.out(await typedJson(REVIEWS, review));
  if (output.toLowerCase() === 'kyaml') return context.out((await import('../../printers/kyaml.js')).toKyamlInOrder(await inGoOrder(REVIEWS, review)));
  if (context.flags.changed('output') && ['', 'name'].includes(output)) return context.out('selfsubjectreview.authentication.k8s.io/<unknown>\n');
  if (output !== '') return context.out((await printerFor(printFlags(context), (path) => readText(context, path)))(review));
  const { username, uid, groups, extra } = review.status.userInfo;
  const rows: string[][] = [['ATTRIBUTE', 'VALUE']];
  if (username) rows.push(['Username', username]);
  if (uid) rows.push(['UID', uid]);
  if ((groups ?? []).length > 0) rows.push(['Groups', `[${groups.join(' ')}]`]);
  for (const key of Object.keys(extra ?? {}).sort()) rows.push([`Extra: ${key}`, `[${extra[key].join(' ')}]`]);
  context.out(new TablePrinter().align(rows));
}
