export default { loader:['ts-node/esm'], import:['support/source-maps.mjs','support/world.ts','steps/**/*.ts'], format:['progress'], tags:'not @full' };
