// ts-node's own source-map hook lives in the loader's thread; without this the lines of a stack are those of compiled code.
process.setSourceMapsEnabled(true);
