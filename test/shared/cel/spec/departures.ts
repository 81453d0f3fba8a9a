/** Why Kubernetes' environment can't express a vector: what is said of its expression or of what it is about. */
export const reasons: readonly (readonly [reason: string, message: RegExp])[] = [
  [
    'messages and enums of protobuf',
    /^(?:type|value) |undeclared reference to '(?:TestAllTypes|NestedTestAllTypes|Global\w*|google\.|\.?cel\.expr|proto\.|\w*Value'|Any'|Struct')/,
  ],
  ['functions that the vector brings along', /^a function of its own$|undeclared reference to '(?:f_unknown|fn)'/],
  ['values that are not known', /^an unknown value$/],
  [
    'libraries that it does not have',
    /undeclared reference to '(?:math|base64|cel|proto|optional|reverse|x\.reverse)\b|cel\.iterVar/,
  ],
  ['the later version of `string.format()`', /error during formatting|could not parse formatting clause/],
  ['lists and maps of mixed types', /expected type '.*' but found '.*'/],
  ['names in backticks', /unsupported syntax: '`'/],
]

/** Another function of the same name. */
export const format =
  'the environment has version 2 of the strings extension, which writes numbers by a locale and quotes in lists and maps'
const accepted = 'cel-go accepts it too'

/** Vectors that come out otherwise, as they do in upstream's environment by the oracle. */
export const departures: Readonly<Record<string, string>> = {
  'fields/map_fields/map_bad_key_type_or_true': 'a constant key of a bad type is refused with the expression',
  'fields/map_fields/map_bad_key_type_and_false': 'a constant key of a bad type is refused with the expression',
  'fields/qualified_identifier_resolution/map_value_repeat_key': accepted,
  'optionals/optionals/map_null_entry_no_such_key': accepted,
  'optionals/optionals/map_present_key_invalid_field': accepted,
  'string_ext/value_errors/indexof_out_of_range': accepted,
  'string_ext/value_errors/lastindexof_out_of_range': accepted,
  'timestamps/duration_converters/get_milliseconds': 'cel-go counts the whole duration in milliseconds',
  ...Object.fromEntries(
    [
      'scientific notation formatting clause',
      'default precision for scientific notation',
      'NaN support for scientific notation',
      'positive infinity support for scientific notation',
      'negative infinity support for scientific notation',
      'positive infinity support for fixed-point',
      'negative infinity support for fixed-point',
      'list support for string',
      'map support for string',
      'map support (all key types)',
      'dyntype support for scientific notation',
      'dyntype NaN/infinity support',
      'dyntype support for lists',
      'dyntype support for maps',
      'scientific notation formatting clause in a string variable',
    ].map((name) => [`string_ext/format/${name}`, format]),
  ),
}
