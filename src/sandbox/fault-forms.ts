import { z } from 'zod';
import { faultSchema } from './faults/book.ts';

/** One value of a fault, and the option that sets it. */
export interface FaultField {
  /** For example `listener-id`, or `after-action` for a value inside another. */
  readonly option: string;
  readonly path: readonly string[];
  readonly required: boolean;
  readonly type: 'text' | 'number' | 'flag' | 'texts';
  /** What may stand after the option: the allowed words, N for a number, else the option's last word. */
  readonly hint: string;
}

/** What can be said about one kind of fault. */
export interface FaultForm {
  readonly kind: string;
  readonly fields: readonly FaultField[];
}

type Schema = z.core.JSONSchema.BaseSchema;

/** Every kind of fault, read from the schema the control endpoint judges orders by. */
export function faultForms(): readonly FaultForm[] {
  const { oneOf = [] } = z.toJSONSchema(faultSchema, { io: 'input' });
  return oneOf.map((schema) => ({
    kind: String(schemaOf(schema.properties?.['kind']).const),
    fields: fieldsOf(schema, []).filter(({ option }) => option !== 'kind'),
  }));
}

function fieldsOf(schema: Schema, path: readonly string[]): readonly FaultField[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, each]) => {
    const property = schemaOf(each);
    const here = [...path, name];
    if (property.properties !== undefined) return fieldsOf(property, here);
    const option = here.map(kebab).join('-');
    const required = path.length === 0 && (schema.required ?? []).includes(name);
    return [
      { option, path: here, required, type: typeOf(property), hint: hintOf(option, property) },
    ];
  });
}

function typeOf(property: Schema): FaultField['type'] {
  if (property.type === 'boolean') return 'flag';
  if (property.type === 'array') return 'texts';
  return [property, ...(property.anyOf ?? [])].some(isNumber) ? 'number' : 'text';
}

function hintOf(option: string, property: Schema): string {
  if (property.anyOf !== undefined) {
    return property.anyOf.map((each) => hintOf(option, each)).join('|');
  }
  if (property.enum !== undefined) return property.enum.join('|');
  if (property.const !== undefined) return String(property.const);
  if (isNumber(property)) return 'N';
  return (option.split('-').at(-1) ?? '').toUpperCase();
}

function isNumber({ type }: Schema): boolean {
  return type === 'integer' || type === 'number';
}

/** JSON Schema allows `true` for a schema that says nothing. */
function schemaOf(schema: Schema | boolean | undefined): Schema {
  return typeof schema === 'object' ? schema : {};
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
