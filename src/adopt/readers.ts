import type { DiskProgram } from '../disk/program.js';
import { findInDirectory } from './directory.js';
import type { AdoptedTool, Findings } from './found.js';
import { findInHub } from './hugging-face.js';
import { findInLlamaCpp } from './llama-cpp.js';
import { findInLmStudio } from './lm-studio.js';
import { findInOciLayout } from './oci-layout.js';
import { findInOllama } from './ollama.js';

/** CAT-ADO-2201: one reader for each tool, which tells what it met. It only looks: no step of it changes anything. */
export const readers: Readonly<Record<AdoptedTool, (findings: Findings) => DiskProgram<void>>> = {
  'hugging-face': findInHub,
  ollama: findInOllama,
  'lm-studio': findInLmStudio,
  'llama-cpp': findInLlamaCpp,
  'oci-layout': findInOciLayout,
  directory: findInDirectory,
};
