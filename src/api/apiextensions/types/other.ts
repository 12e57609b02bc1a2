/** Structs of apiextensions/v1: ConversionRequest, ConversionResponse, ConversionReview. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { any, list, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { Status } from '../../../apimachinery/meta/status.js';

export const ConversionRequest = struct('apiextensions/v1.ConversionRequest', {
  uid: str('UID types.UID=string', 1),
  desiredAPIVersion: str('DesiredAPIVersion string', 2),
  objects: list(any(), 'Objects []runtime.RawExtension', 3),
});
export type ConversionRequest = z.output<typeof ConversionRequest>;

export const ConversionResponse = struct('apiextensions/v1.ConversionResponse', {
  uid: str('UID types.UID=string', 1),
  convertedObjects: list(any(), 'ConvertedObjects []runtime.RawExtension', 2),
  result: sub(Status, 'Result apis/meta/v1.Status', 3),
});
export type ConversionResponse = z.output<typeof ConversionResponse>;

export const ConversionReview = struct('apiextensions/v1.ConversionReview', {
  ...typeMeta,
  request: sub(ConversionRequest, 'Request *apiextensions/v1.ConversionRequest', 1).optional(),
  response: sub(ConversionResponse, 'Response *apiextensions/v1.ConversionResponse', 2).optional(),
});
export type ConversionReview = z.output<typeof ConversionReview>;
