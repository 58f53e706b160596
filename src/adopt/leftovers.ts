/** The names under which tools keep what they have not finished: parts of downloads, and files that are about to be renamed. */
const unfinished = [
  /\.incomplete$/, // huggingface_hub (`<etag>.incomplete`, `<etag>.<8 hex>.incomplete`), Docker Model Runner
  /\.downloadInProgress$/, // llama.cpp
  /^\..+\.shared$/, // huggingface_hub 2.0
  /^tmp_[0-9a-fA-F-]+$/, // huggingface_hub
  /-partial(-\d+)?$/, // Ollama
  /^sha256-\d{1,20}$/, // Ollama, a layer that is being made
  /\.(tmp|part|partial|ipull|crdownload|aria2)$/i, // LM Studio, node-llama-cpp, browsers and others
];

export function isUnfinished(name: string): boolean {
  return unfinished.some((pattern) => pattern.test(name));
}
