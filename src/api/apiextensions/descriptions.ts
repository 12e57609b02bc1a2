/** What CustomResourceDefinitions are, in words, as src/api/descriptions.ts reads them. */
import { WEBHOOK_CLIENT_CONFIG } from '../admissionregistration/descriptions.js';

export const apiextensions = `
CustomResourceDefinition: A kind of one's own. Its name is PLURAL.GROUP.
  spec: The kind's names, versions and schemas.
  status: Whether it is served.
CustomResourceDefinitionSpec: A kind's names, versions and schemas.
  group: The group; the kind is served under /apis/GROUP.
  names: What the kind is called.
  scope: Namespaced or Cluster.
  versions: Its versions; one of them is stored.
  conversion: How objects go from one version to another.
  preserveUnknownFields: Of old; must be false.
CustomResourceDefinitionNames: What a kind is called.
  plural: The name in paths, in small letters.
  singular: The name for one; the kind in small letters by default.
  shortNames: Short names for the command line.
  kind: The kind, in the singular.
  listKind: The kind of its lists; the kind and "List" by default.
  categories: Groups of resources that it is in, such as all.
CustomResourceDefinitionVersion: One version of a kind.
  name: The version, such as v1 or v1beta1.
  served: Whether it is served.
  storage: Whether objects are stored in it; one version's are.
  deprecated: Whether who uses it is warned.
  deprecationWarning: The warning, instead of the usual one.
  schema: What objects look like.
  subresources: Whether objects have a status and a scale of their own.
  additionalPrinterColumns: Columns of tables; the age when none is listed.
  selectableFields: Fields that field selectors can name.
CustomResourceValidation: What objects look like.
  openAPIV3Schema: The schema.
CustomResourceSubresources: What objects have beside themselves.
  status: A status that is written by itself.
  scale: A scale, for the autoscaler and "scale".
CustomResourceSubresourceStatus: A status that is written by itself.
CustomResourceSubresourceScale: Where an object's scale is.
  specReplicasPath: The field with the number wanted, below .spec.
  statusReplicasPath: The field with the number there is, below .status.
  labelSelectorPath: The field with the pods' labels as text, below .spec or .status.
CustomResourceColumnDefinition: A column of tables.
  name: Its heading.
  type: The type of its values.
  format: The format of its values.
  description: What it shows.
  priority: 0 is always shown, more only by -o wide.
  jsonPath: Where its value is.
SelectableField: A field that field selectors can name.
  jsonPath: Where it is.
CustomResourceConversion: How objects go from one version to another.
  strategy: None (the default), which only changes apiVersion, or Webhook.
  webhook: Who converts. Only with Webhook.
WebhookConversion: A webhook that converts.
  clientConfig: Where it is.
  conversionReviewVersions: Versions of ConversionReview that it knows, the best first.
${WEBHOOK_CLIENT_CONFIG}CustomResourceDefinitionStatus: Whether a kind is served.
  conditions: Established, NamesAccepted and others.
  acceptedNames: The names under which it is served.
  storedVersions: Versions in which objects may still be stored.
CustomResourceDefinitionCondition: One thing that holds of a definition, or does not.
  type: Established, NamesAccepted, NonStructuralSchema, Terminating and others.
ValidationRule: A rule of a schema, in CEL.
  rule: The expression; self is the value, oldSelf what it was.
  message: What is said where it does not hold.
  messageExpression: An expression that makes that message.
  reason: What kind of error it is: FieldValueInvalid (the default), FieldValueForbidden, FieldValueRequired or FieldValueDuplicate.
  fieldPath: The field that the error is told of.
  optionalOldSelf: Whether it is looked at also where there was nothing before.
ExternalDocumentation: Where more is told.
  description: What is told there.
  url: The address.
JSONSchemaProps: A schema of JSON.
  id: The schema's id. Not for definitions.
  $schema: The language it is in. Not for definitions.
  $ref: Another schema. Not for definitions.
  description: What it is, in words.
  type: object, array, string, integer, number or boolean.
  format: What text or numbers look like, such as date-time or int64.
  title: A heading.
  default: What is filled in where nothing is given.
  maximum: The greatest number.
  exclusiveMaximum: Whether maximum itself is too much.
  minimum: The smallest number.
  exclusiveMinimum: Whether minimum itself is too little.
  maxLength: How long text may be.
  minLength: How long text must be.
  pattern: A regular expression that text must fit.
  maxItems: How many items there may be.
  minItems: How many items there must be.
  uniqueItems: Whether items must differ. Not for definitions: use x-kubernetes-list-type.
  multipleOf: A number that it must be a multiple of.
  enum: The values that are allowed.
  maxProperties: How many fields there may be.
  minProperties: How many fields there must be.
  required: Fields that must be there.
  items: What every item looks like.
  allOf: Schemas that must all fit.
  oneOf: Schemas of which exactly one must fit.
  anyOf: Schemas of which one must fit.
  not: A schema that must not fit.
  properties: Fields, with what each looks like.
  additionalProperties: What other fields look like. Not with properties.
  patternProperties: Not for definitions.
  dependencies: Not for definitions.
  additionalItems: Not for definitions.
  definitions: Not for definitions.
  externalDocs: Where more is told.
  example: An example.
  nullable: Whether null is allowed.
  x-kubernetes-preserve-unknown-fields: Keeps fields that the schema does not name.
  x-kubernetes-embedded-resource: It is a whole object, with apiVersion, kind and metadata.
  x-kubernetes-int-or-string: It is a whole number or text.
  x-kubernetes-list-map-keys: Fields by which items of a map are told apart.
  x-kubernetes-list-type: How lists are merged: atomic (the default), set or map.
  x-kubernetes-map-type: How objects are merged: granular (the default) or atomic.
  x-kubernetes-validations: Rules in CEL.
ConversionReview: A question to a webhook that converts, and its answer.
  request: The question.
  response: The answer.
ConversionRequest: What is to be converted.
  uid: The question's id; the answer repeats it.
  desiredAPIVersion: The version that is wanted.
  objects: The objects.
ConversionResponse: What was converted.
  uid: The question's id.
  convertedObjects: The objects, in the same order.
  result: Whether it went well.
`;
