/** The kinds of batch. */
import type { Kind } from '../kind.js';
import { Job } from './job.js';
import { CronJob } from './cronjob.js';

export const kinds: readonly Kind[] = [Job, CronJob];
