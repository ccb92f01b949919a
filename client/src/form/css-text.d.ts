/** A style sheet as the text that it is; the build takes the spaces out. */
declare module "*.css" {
  export const css: string;
}
