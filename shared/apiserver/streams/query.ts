/** As parameters of the API are read: there and not false. */
export const flag = (query: URLSearchParams, name: string): boolean => {
  const value = query.get(name)
  return value !== null && value !== 'false' && value !== '0'
}
