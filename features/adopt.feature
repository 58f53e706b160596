Feature: Models of other tools, adopted in place

  The models that other tools keep on a machine become entries where they lie: nothing is copied, nothing there is changed, and
  nothing is believed of a file that was not hashed.

  @CAT-ADO-2201
  Rule: Every store that is known is read in each of its forms

    Scenario Outline: <store> is adopted
      Given <store>
      When it is adopted
      Then these were adopted, and nothing else was met: <models>
      And each of them is found where it lies, with the digests of its bytes
      And nothing there was changed, and no step tried to
      When it is adopted again
      Then all of them are known, and no file was hashed

      Examples:
        | store                                           | models                                                                                               |
        | a hub cache                                     | acme/tiny verified                                                                                   |
        | a hub cache with the shared store of 2.0        | acme/tiny verified                                                                                   |
        | a hub cache with nested refs                    | acme/tiny verified, acme/tiny@refs/pr/1 verified                                                     |
        | a hub cache of a revision without refs          | acme/tiny verified                                                                                   |
        | a hub cache of two revisions without refs       | acme/tiny@aaaaaaaa verified, acme/tiny@bbbbbbbb verified                                             |
        | a hub cache with sub-folders                    | acme/tiny verified                                                                                   |
        | a hub cache without links                       | acme/tiny warned                                                                                     |
        | a hub cache without links, with trees           | acme/tiny verified                                                                                   |
        | a hub cache without an organisation             | gpt2 verified                                                                                        |
        | a hub cache of GGUF files                       | acme/tiny-GGUF/Q8_0/tiny verified, acme/tiny-GGUF/tiny.Q4_K_M verified                               |
        | a hub cache with a dataset and locks            | acme/tiny verified                                                                                   |
        | a folder of --local-dir                         | store verified                                                                                       |
        | an Ollama store                                 | hf.co/acme/tiny-GGUF:Q4_K_M verified, llama3:latest verified, localhost:5000/x/y:latest verified, me/mine:v1 verified |
        | an Ollama store with a projector and an adapter | llava:7b verified, llava:7b/adapter verified, llava:7b/projector verified                            |
        | a very old Ollama store                         | old:latest verified                                                                                  |
        | models of LM Studio                             | acme/tiny-GGUF/big warned, acme/tiny-GGUF/mmproj-tiny warned, acme/tiny-GGUF/tiny.Q4_K_M warned, mlx/tiny-4bit warned |
        | a legacy cache of llama.cpp                     | acme/big-GGUF/big warned, acme/tiny-GGUF/Q4/tiny verified, ai_smollm2_latest warned, by-url verified, older verified |
        | a hub cache that llama.cpp filled               | acme/tiny-GGUF/tiny verified                                                                         |
        | an image layout                                 | ai/smollm2:latest verified, registry.example.com/acme/tiny:v1 verified                               |
        | an image layout with nested indexes             | ai/deep:v1 verified, ai/deep:v1/projector verified                                                   |
        | an image layout of safetensors                  | ai/st:v1 verified                                                                                    |
        | a store of Docker Model Runner                  | ai/smollm2:latest verified                                                                           |
        | a plain directory                               | a warned, checkpoints/one warned, checkpoints/two warned, deep/er/b warned, linked warned, llama warned, pipeline warned |

    Scenario Outline: What was adopted is found by <reference>
      Given <store>
      When it is adopted
      Then "<reference>" is found as "<id>"

      Examples:
        | store                           | reference                                                | id                          |
        | a hub cache                     | hf:acme/tiny                                             | acme/tiny                   |
        | a hub cache                     | hf:acme/tiny@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa    | acme/tiny                   |
        | a hub cache with nested refs    | hf:acme/tiny@refs%2Fpr%2F1                               | acme/tiny@refs/pr/1         |
        | a hub cache of GGUF files       | hf:acme/tiny-GGUF/tiny.Q4_K_M.gguf                       | acme/tiny-GGUF/tiny.Q4_K_M  |
        | a hub cache                     | hf:acme/tiny@main                                        | acme/tiny                   |
        | a hub cache of GGUF files       | hf:acme/tiny-GGUF@main/tiny.Q4_K_M.gguf                  | acme/tiny-GGUF/tiny.Q4_K_M  |
        | a hub cache of GGUF files       | hf:acme/tiny-GGUF:Q4_K_M                                 | acme/tiny-GGUF/tiny.Q4_K_M  |
        | a hub cache of GGUF files       | hf:acme/tiny-GGUF@main:Q8_0                              | acme/tiny-GGUF/Q8_0/tiny    |
        | a hub cache of GGUF files       | hf:acme/tiny-GGUF@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:q8_0 | acme/tiny-GGUF/Q8_0/tiny |
        | a hub cache of a GGUF file that says its quantization | hf:acme/tiny-GGUF:Q4_K_M           | acme/tiny-GGUF/tiny         |
        | an Ollama store                 | hf:acme/tiny-GGUF:Q4_K_M                                 | hf.co/acme/tiny-GGUF:Q4_K_M |
        | an Ollama store                 | oci://registry.ollama.ai/library/llama3:latest           | llama3:latest               |
        | a legacy cache of llama.cpp     | hf:acme/tiny-GGUF/Q4/tiny.gguf                           | acme/tiny-GGUF/Q4/tiny      |
        | an image layout                 | oci://registry.example.com/acme/tiny:v1                  | registry.example.com/acme/tiny:v1 |

    Scenario Outline: What a reference does not mean for certain is not found: <reference>
      Given a hub cache of GGUF files
      When it is adopted
      Then "<reference>" is not found

      Examples:
        | reference                       |
        | hf:acme/tiny-GGUF:Q4_K          |
        | hf:acme/tiny-GGUF:tiny          |
        | hf:acme/tiny-GGUF@other:Q8_0    |
        | hf:acme/other-GGUF:Q8_0         |
        | hf:acme/tiny-GGUF               |

    Scenario: An entry says whose it is, and where
      Given a hub cache of GGUF files
      When it is adopted
      Then the entry "acme/tiny-GGUF/tiny.Q4_K_M" is of mode reference, adopted from hugging-face in that place

    Scenario Outline: With <environment> the models of <tool> are looked for in <places>
      Then on <platform> with <environment> the models of <tool> are in "<places>"

      Examples:
        | tool         | platform | environment                                    | places                                                      |
        | hugging-face | linux    | {}                                             | /home/u/.cache/huggingface/hub                              |
        | hugging-face | linux    | {"XDG_CACHE_HOME":"/x"}                        | /x/huggingface/hub                                          |
        | hugging-face | linux    | {"HF_HOME":"~/hf","XDG_CACHE_HOME":"/x"}       | /home/u/hf/hub                                              |
        | hugging-face | linux    | {"HUGGINGFACE_HUB_CACHE":"/o","HF_HOME":"/hf"} | /o                                                          |
        | hugging-face | linux    | {"HF_HUB_CACHE":"/n","HUGGINGFACE_HUB_CACHE":"/o"} | /n                                                      |
        | ollama       | linux    | {}                                             | /home/u/.ollama/models /usr/share/ollama/.ollama/models     |
        | ollama       | darwin   | {}                                             | /home/u/.ollama/models                                      |
        | ollama       | linux    | {"OLLAMA_MODELS":"/m"}                         | /m                                                          |
        | llama-cpp    | linux    | {}                                             | /home/u/.cache/llama.cpp                                    |
        | llama-cpp    | darwin   | {}                                             | /home/u/Library/Caches/llama.cpp                            |
        | llama-cpp    | win32    | {"LOCALAPPDATA":"/local"}                      | /local/llama.cpp                                            |
        | llama-cpp    | linux    | {"LLAMA_CACHE":"/l"}                           | /l                                                          |
        | oci-layout   | linux    | {}                                             | /home/u/.docker/models                                      |
        | directory    | linux    | {}                                             |                                                             |

    Scenario Outline: LM Studio keeps its models in <place> where there is <what>
      Given a home with <what>
      Then the models of LM Studio are in "<place>"

      Examples:
        | what                             | place                    |
        | nothing                          | HOME/.lmstudio/models    |
        | a folder of the older versions   | HOME/.cache/lm-studio/models |
        | a pointer                        | /data/lm/models          |
        | settings that name a folder      | /data/downloads          |

    Scenario: What is not there is told with the place
      Given a catalog over the fs store
      When the models of ollama in a folder that is not there are adopted
      Then the catalog refuses it with NotFound
      When the models of directory are adopted
      Then the catalog refuses it with InvalidArgument

    Scenario Outline: A folder that is no store of <tool> is refused, and the store in it is read: <folder>
      Given <store>
      When the models of <tool> in <folder> are adopted
      Then <outcome>

      Examples:
        | tool         | store               | folder                | outcome                            |
        | ollama       | a plain directory   | STORE                 | the catalog refuses it with NotFound |
        | ollama       | an Ollama store     | STORE/manifests       | the catalog refuses it with NotFound |
        | ollama       | an Ollama store     | the folder of STORE as models | 4 models are in the catalog |
        | lm-studio    | models of LM Studio | STORE/acme            | the catalog refuses it with NotFound |
        | lm-studio    | models of LM Studio | the folder of STORE   | the catalog refuses it with NotFound |
        | lm-studio    | models of LM Studio | the folder of STORE as models | 4 models are in the catalog |
        | hugging-face | an Ollama store     | STORE                 | the catalog refuses it with NotFound |
        | hugging-face | a hub cache         | the folder of STORE as hub | 1 models are in the catalog    |
        | llama-cpp    | an Ollama store     | STORE                 | the catalog refuses it with NotFound |
        | oci-layout   | an Ollama store     | STORE                 | the catalog refuses it with NotFound |

    Scenario: What the catalog keeps itself is not adopted from it
      Given a plain directory
      And the catalog has its root in there, with a model of its own
      When it is adopted
      Then its own model is no model of another tool, and 7 were adopted
      When the models of directory in STORE/root are adopted
      Then the catalog refuses it with InvalidArgument
      When the models of directory in STORE/root/models are adopted
      Then the catalog refuses it with InvalidArgument

  @CAT-ADO-2202
  Rule: What is broken is told with its reason, and stops nothing

    Scenario Outline: <store>: the whole model is adopted and the rest told
      Given <store>
      When it is adopted
      Then "<good>" was adopted, beside these problems: <problems>
      And nothing there was changed, and no step tried to

      Examples:
        | store                                                 | good          | problems                                                           |
        | a hub cache with an empty ref                         | acme/good     | InvalidRecord refs/main                                            |
        | a hub cache with a ref to nothing                     | acme/good     | NotFound refs/main                                                 |
        | a hub cache with an odd snapshot                      | acme/good     | InvalidRecord snapshots/main                                       |
        | a hub cache with a dangling link                      | acme/good     | NotFound model.safetensors                                         |
        | a hub cache with an unfinished download               | acme/good     | NotFound .incomplete, NotFound refs/main                           |
        | a hub cache with an unfinished download of llama.cpp  | acme/good     | NotFound .downloadInProgress, NotFound refs/main                   |
        | a hub cache with a corrupt blob                       | acme/good     | DigestMismatch model.safetensors                                   |
        | a hub cache with a corrupt small file                 | acme/good     | DigestMismatch config.json                                         |
        | a hub cache with a short file                         | acme/good     | DigestMismatch model.safetensors                                   |
        | a hub cache that is not whole                         | acme/good     | NotFound more.safetensors                                          |
        | a hub cache with a missing shard                      | acme/good     | NotFound snapshots/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa        |
        | a hub cache with a link that leads out                | acme/good     | PathOutsideRoot model.safetensors                                  |
        | a hub cache with an absolute link                     | acme/good     | PathOutsideRoot model.safetensors                                  |
        | a hub cache with a circle of links                    | acme/good     | InvalidRecord model.safetensors                                    |
        | a hub cache without weights                           | acme/good     | NotFound snapshots/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa        |
        | a hub cache with a FIFO                               | acme/good     | InvalidRecord refs/main, InvalidRecord model.safetensors           |
        | an Ollama store with an empty manifest                | good:latest   | InvalidRecord bad/latest                                           |
        | an Ollama store with a truncated manifest             | good:latest   | InvalidRecord bad/latest                                           |
        | an Ollama store with a manifest that is no object     | good:latest   | InvalidRecord bad/latest                                           |
        | an Ollama store with a manifest without layers        | good:latest   | InvalidRecord bad/latest                                           |
        | an Ollama store with a huge manifest                  | good:latest   | InvalidRecord bad/latest                                           |
        | an Ollama store with a manifest that names paths      | good:latest   | InvalidRecord bad/latest                                           |
        | an Ollama store with members of every object          | good:latest   | InvalidRecord bad/latest                                           |
        | an Ollama store with a missing blob                   | good:latest   | NotFound bad/latest                                                |
        | an Ollama store with a short blob                     | good:latest   | DigestMismatch bad/latest                                          |
        | an Ollama store with a corrupt blob                   | good:latest   | DigestMismatch sha256-                                             |
        | an Ollama store with a blob that leads out            | good:latest   | PathOutsideRoot bad/latest                                         |
        | an Ollama store with unfinished downloads             | good:latest   | NotFound sha256-123456789, NotFound -partial                       |
        | an Ollama store with odd names                        | good:latest   | InvalidRecord ollama.ai/latest, InvalidRecord deep/er, InvalidRecord notes.txt |
        | an Ollama store with a cloud model                    | good:latest   | Unsupported bad/cloud                                              |
        | an Ollama store with single tensors                   | good:latest   | Unsupported bad/latest                                             |
        | models of LM Studio with a missing shard              | acme/good/good | NotFound big-00002-of-00002.gguf                                  |
        | models of LM Studio in odd places                     | acme/good/good | InvalidRecord acme/stray.gguf, NotFound .part                     |
        | a cache of llama.cpp with an unfinished download      | good          | NotFound .downloadInProgress                                       |
        | a cache of llama.cpp with an empty manifest           | good          | InvalidRecord manifest=acme=bad=latest.json                        |
        | a cache of llama.cpp with a manifest of nothing       | good          | NotFound acme_bad_bad.gguf                                         |
        | a cache of llama.cpp with a manifest that names paths | good          | InvalidRecord manifest=acme=bad=latest.json                        |
        | a cache of llama.cpp with a short file                | good          | DigestMismatch acme_bad_bad.gguf                                   |
        | a cache of llama.cpp with other content than its etag | good          | DigestMismatch bad.gguf                                            |
        | an image layout of archives                           | ai/good:v1    | Unsupported blobs/sha256/                                          |
        | an image layout with a missing manifest               | ai/good:v1    | NotFound blobs/sha256/                                             |
        | an image layout with a corrupt manifest               | ai/good:v1    | DigestMismatch blobs/sha256/                                       |
        | an image layout with indexes in a circle              | ai/good:v1    | DigestMismatch blobs/sha256/                                       |
        | an image layout with a digest that is a path          | ai/good:v1    | InvalidRecord index.json                                           |
        | a directory with a missing shard                      | good          | NotFound bad-00001-of-00003.gguf                                   |
        | a directory with an odd shard                         | good          | InvalidRecord bad-00009-of-00003.gguf                              |
        | a directory with dangling links                       | good          | NotFound bad.gguf, NotFound notes                                  |
        | a directory with links that lead out                  | good          | PathOutsideRoot more, PathOutsideRoot bad.gguf                     |
        | a directory with circles of links                     | good          | InvalidRecord bad.gguf                                             |
        | a directory with a FIFO                               | good          | InvalidRecord bad.gguf                                             |
        | a directory with an unfinished download               | good          | NotFound bad.gguf.part                                             |

    Scenario Outline: A tree that says nothing costs a revision what it would have promised: <store>
      Given <store>
      When it is adopted
      Then "acme/bad" and "acme/good" were adopted, beside these problems: <problems>

      Examples:
        | store                                      | problems                                                                 |
        | a hub cache with a damaged tree            | InvalidRecord trees/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json         |
        | a hub cache with a tree of another version |                                                                          |

    Scenario Outline: What only helps and cannot be read costs nothing else: <store>
      Given <store>
      When it is adopted
      Then "bad" and "good" were adopted, beside these problems:

      Examples:
        | store                                                   |
        | a cache of llama.cpp with 15 MiB beside a file          |
        | a cache of llama.cpp with half an etag beside a file    |
        | a cache of llama.cpp with an etag of 15 MiB             |

    Scenario Outline: A problem says which model it is of: <store>
      Given <store>
      When it is adopted
      Then the problem is one of "<id>"

      Examples:
        | store                                        | id               |
        | a hub cache with a dangling link             | acme/bad         |
        | a hub cache with a corrupt blob              | acme/bad         |
        | a hub cache without weights                  | acme/bad         |
        | an Ollama store with a truncated manifest    | bad:latest       |
        | an Ollama store with a corrupt blob          | bad:latest       |
        | models of LM Studio with a missing shard     | acme/bad/big     |
        | a cache of llama.cpp with a short file       | acme/bad/bad     |
        | a directory with a missing shard             | bad              |

    Scenario: What a split model costs grows as its shards do
      Then 9 times as many shards take less than 40 times as long to be told as one model

    Scenario: A manifest that is huge is not read
      Given an Ollama store with a huge manifest
      When it is adopted
      Then no more than 20 MB were read

    Scenario Outline: A file that <befalls> while the store is read is a problem of its model alone
      Given an Ollama store
      When it is adopted on a disk where the blob of "me/mine:v1" <befalls>
      Then "me/mine:v1" is a problem with <code>, and the other 3 were adopted

      Examples:
        | befalls                   | code             |
        | vanishes before its look  | NotFound         |
        | vanishes before its hash  | NotFound         |
        | cannot be opened          | PermissionDenied |
        | cannot be read            | IoError          |
