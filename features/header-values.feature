@CAT-ADO-2205
Feature: What headers hold, at the edges of their formats, and what it comes to

  Rule: A GGUF header is read within its bounds

    Scenario Outline: GGUF with <what> is <verdict>
      Then GGUF with <what> is <verdict>

      Examples: values
        | what                                     | verdict                                                                     |
        | the values {"k":{"uint8":7}}             | read, with {"k":7}                                                          |
        | the values {"k":{"bool":1}}              | read, with {"k":true}                                                       |
        | the values {"k":{"bool":0}}              | read, with {"k":false}                                                      |
        | the values {"k":{"bool":2}}              | refused: bad-value: has a truth value of 2                                  |
        | the values {"k":{"uint64":123456789012}} | read, with {"k":123456789012}                                               |
        | the values {"k":{"int64":-5}}            | read, with {"k":-5}                                                         |
        | the values {"k":{"float32":1.5}}         | read, with {"k":1.5}                                                        |
        | the values {"k":{"float64":0.1}}         | read, with {"k":0.1}                                                        |
        | the values {"k":{"unknown":0}}           | refused: bad-value: has a value of the unknown type 13                      |
        | a text of 4096 bytes                     | read, with {"text":"{4096 x}","z":1}                                        |
        | a text of 4097 bytes                     | read, with {"z":1}                                                          |
        | a key of 65535 bytes                     | read, with {"{65535 k}":1}                                                  |
        | a key of 65536 bytes                     | refused: bad-count: says that a name has 65536 bytes                        |
        | the key {101 k} twice                    | refused: duplicate: has a key twice: "{100 k}"                              |
        | an array of 3 uint8                      | read, with {"z":1}                                                          |
        | an array of 3 texts                      | read, with {"z":1}                                                          |
        | arrays 8 deep                            | read, with {"z":1}                                                          |
        | arrays 9 deep                            | refused: too-deep: has arrays in arrays, more than 8 deep                   |
        | arrays of 500000 and 499998 uint8        | read, with {"z":1}                                                          |
        | arrays of 500000 and 499999 uint8        | refused: over-limit: says that it has 499999 items                          |
        | an array of the unknown type 13          | refused: bad-value: has an array of the unknown type 13                     |

      Examples: counts
        | what                                                    | verdict                                                 |
        | 1000001 pairs in 13000037 bytes                         | refused: over-limit: says that it has 1000001 items     |
        | 1000001 pairs in 13000036 bytes                         | refused: bad-count: says that it has 1000001 items      |
        | 1000001 tensors in 24000048 bytes                       | refused: over-limit: says that it has 1000001 items     |
        | 1000001 tensors in 24000047 bytes                       | refused: bad-count: says that it has 1000001 items      |
        | 1000001 pairs of version 1 in 9000025 bytes             | refused: over-limit: says that it has 1000001 items     |
        | 1000001 pairs of version 1 in 9000024 bytes             | refused: bad-count: says that it has 1000001 items      |
        | 1000001 tensors of version 1 in 20000036 bytes          | refused: over-limit: says that it has 1000001 items     |
        | 1000001 tensors of version 1 in 20000035 bytes          | refused: bad-count: says that it has 1000001 items      |
        | 1000000 pairs in 13000023 bytes                         | refused: truncated: ends within its header              |
        | 1000000 pairs in 13000024 bytes                         | told by more                                            |

      Examples: alignments
        | what                                                | verdict                                                  |
        | the values {"general.alignment":{"uint32":1}}          | read, with {"general.alignment":1}                    |
        | the values {"general.alignment":{"uint32":64}}         | read, with {"general.alignment":64}                   |
        | the values {"general.alignment":{"uint32":1073741824}} | read, with {"general.alignment":1073741824}           |
        | the values {"general.alignment":{"uint32":2147483648}} | refused: bad-value: has an alignment of 2147483648    |
        | the values {"general.alignment":{"uint32":0}}          | refused: bad-value: has an alignment of 0             |
        | the values {"general.alignment":{"uint32":24}}         | refused: bad-value: has an alignment of 24            |
        | the values {"general.alignment":{"float32":0.5}}       | refused: bad-value: has an alignment of 0.5           |
        | the values {"general.alignment":{"string":"{41 x}"}}   | refused: bad-value: has an alignment of {40 x}        |

      Examples: tensors
        | what                                                        | verdict                                                                              |
        | no tensors                                                  | read, 0 elements, its data ends with it                                              |
        | the tensors F32 of 4                                        | read, 4 elements, 16 bytes of data: 4 of 0                                           |
        | the tensors F32 of nothing                                  | read, 1 elements, 4 bytes of data: 1 of 0                                            |
        | the tensors F32 of 2x3x4x5                                  | read, 120 elements, 480 bytes of data: 120 of 0                                      |
        | the tensors F32 of 1x1x1x1x1                                | refused: bad-count: has a tensor of 5 dimensions                                     |
        | the tensors F32 of 4, F32 of 3                              | read, 7 elements, 44 bytes of data: 7 of 0                                           |
        | the tensors F32 of 4, Q4_K of 256x2                         | read, 516 elements, 320 bytes of data: 4 of 0, 512 of 12                             |
        | the tensors Q4_K of 255                                     | refused: bad-value: has a tensor of Q4_K with rows of 255 elements                   |
        | the tensors Q4_K of nothing                                 | refused: bad-value: has a tensor of Q4_K with rows of 1 elements                     |
        | the tensors NEW of 10, F32 of 4                             | read, 14 elements, 16 bytes of data: 10 of 77, 4 of 0; unknown are 77                |
        | the tensors F32 of 4 at 64, F32 of 2 at 0                   | read, 6 elements, 80 bytes of data: 6 of 0                                           |
        | the tensors F32 of 4 at 33                                  | refused: bad-offset: has a tensor at 33                                              |
        | the tensors F32 of 4 at 9007199254740992                    | refused: bad-offset: has a tensor at 9007199254740992                                |
        | the tensors F32 of 4 at 9007199254740960                    | read, 4 elements, 9007199254740976 bytes of data: 4 of 0                             |
        | the tensors F32 of 8 at 9007199254740960                    | refused: bad-value: has tensors of more than 2^53 bytes or elements                  |
        | the tensors NEW of 9007199254740991                         | read, 9007199254740991 elements, 0 bytes of data: 9007199254740991 of 77; unknown are 77 |
        | the tensors NEW of 9007199254740991, NEW of 1               | refused: bad-value: has tensors of more than 2^53 bytes or elements                  |
        | a tensor called {101 t} twice                               | refused: duplicate: has a tensor twice: "{100 t}"                                    |

  Rule: What the headers of files come to is what the model is

    Scenario Outline: <files> are described as <metadata>
      Then the files <files> are described as <metadata>

      Examples: GGUF
        | files                                                                                       | metadata                                                                        |
        | a.gguf of 10: gguf of 5 F32 with {}                                                          | {"format":"gguf","parameters":5,"quantization":"F32"}                           |
        | a.gguf of 10: gguf of 5 type 77 with {}                                                      | {"format":"gguf","parameters":5}                                                |
        | a.gguf of 10: gguf of 5 F32 with {"general.architecture":"llama","llama.context_length":0}   | {"format":"gguf","architecture":"llama","parameters":5,"quantization":"F32","context_length":0} |
        | a.gguf of 10: gguf of 5 F32 with {"llama.context_length":5}                                  | {"format":"gguf","parameters":5,"quantization":"F32"}                           |
        | a.gguf of 10: gguf of 5 F32 with {"undefined.context_length":5}                              | {"format":"gguf","parameters":5,"quantization":"F32"}                           |
        | a.gguf of 10: gguf of 5 F32 with {"general.architecture":"x","x.context_length":1.5}         | {"format":"gguf","architecture":"x","parameters":5,"quantization":"F32","warnings":["bad-value: a.gguf has a x.context_length that is none"]} |
        | a.gguf of 10: gguf of 5 F32 with {"general.architecture":""}                                 | {"format":"gguf","parameters":5,"quantization":"F32","warnings":["bad-value: a.gguf has a general.architecture that is none"]} |
        | a.gguf of 10: gguf of 5 F32 with {"general.architecture":7}                                  | {"format":"gguf","parameters":5,"quantization":"F32","warnings":["bad-value: a.gguf has a general.architecture that is none"]} |
        | a.gguf of 10: gguf of 5 F32 with {"general.architecture":"{256 x}"}                          | {"format":"gguf","architecture":"{256 x}","parameters":5,"quantization":"F32"}  |
        | a.gguf of 10: gguf of 5 F32 with {"general.architecture":"{257 x}"}                          | {"format":"gguf","parameters":5,"quantization":"F32","warnings":["bad-value: a.gguf has a general.architecture that is none"]} |
        | a.gguf of 10: gguf of 5 F32 with {"general.file_type":"1"}                                   | {"format":"gguf","parameters":5,"quantization":"F32","warnings":["bad-value: a.gguf has a general.file_type that is none"]} |
        | a.gguf of 10: gguf of 5 F32 with {"general.file_type":-1}                                    | {"format":"gguf","parameters":5,"quantization":"F32","warnings":["bad-value: a.gguf has a general.file_type that is none"]} |
        | a.gguf of 10: gguf of 5 F32 with {"split.count":2}                                           | {"format":"gguf","quantization":"F32","warnings":["incomplete: a.gguf is one of 2 shards, of which 1 could be read"]} |
        | a.gguf of 10: gguf of 5 F32 with {"split.count":1,"split.tensors.count":3}                   | {"format":"gguf","quantization":"F32","warnings":["incomplete: a.gguf is of a model of 3 tensors, of which 1 are there"]} |
        | a-00001-of-00002.gguf of 10: gguf of 5 F32 with {}                                           | {"format":"gguf","quantization":"F32","warnings":["incomplete: a-00001-of-00002.gguf is one of 2 shards, of which 1 could be read"]} |
        | a.gguf of 10: malformed gguf                                                                 | {"format":"gguf","warnings":["truncated: a.gguf is odd"]}                       |

      Examples: several GGUF files
        | files                                                                                                                                     | metadata                                                        |
        | a.gguf of 10: gguf of 5 F32 with {"general.architecture":"a"}; b.gguf of 20: gguf of 9 F16 with {"general.architecture":"b"}               | {"format":"gguf","architecture":"b","parameters":9,"quantization":"F16"} |
        | b.gguf of 20: gguf of 9 F16 with {"general.architecture":"b"}; a.gguf of 10: gguf of 5 F32 with {"general.architecture":"a"}               | {"format":"gguf","architecture":"b","parameters":9,"quantization":"F16"} |
        | m-00002-of-00002.gguf of 10: gguf of 5 F32 with {"general.architecture":"a"}; m-00001-of-00002.gguf of 10: gguf of 9 F16 with {"general.architecture":"b"} | {"format":"gguf","architecture":"b","parameters":14,"quantization":"F16"} |
        | m-00001-of-00002.gguf of 10: gguf of 5 F32 with {"general.architecture":"b"}; m-00002-of-00002.gguf of 10: gguf of 9 F16 with {"general.architecture":"a"} | {"format":"gguf","architecture":"b","parameters":14,"quantization":"F16"} |
        | m-00001-of-00002.gguf of 10: gguf of 5 F32 with {}; m-00001-of-00003.gguf of 9: gguf of 9 F16 with {}                                      | {"format":"gguf","quantization":"F32","warnings":["incomplete: m-00001-of-00002.gguf is one of 2 shards, of which 1 could be read"]} |
        | m-00001-of-00002.gguf of 10: malformed gguf; m-00002-of-00002.gguf of 9: gguf of 9 F16 with {}                                             | {"format":"gguf","warnings":["truncated: m-00001-of-00002.gguf is odd"]} |
        | m-00001-of-00002.gguf of 10: gguf of 9 F16 with {"split.count":1}; m-00002-of-00002.gguf of 9: malformed gguf                              | {"format":"gguf","quantization":"F16","warnings":["truncated: m-00002-of-00002.gguf is odd"]} |
        | a.gguf of 10: gguf of 5 F32 and 4 F16 and 3 F16 with {}                                                                                    | {"format":"gguf","parameters":12,"quantization":"F16"}          |
        | a.gguf of 10: gguf of 5 F16 and 4 F32 with {}                                                                                              | {"format":"gguf","parameters":9,"quantization":"F16"}           |
        | a.gguf of 10: gguf of 4 F16 and 5 F32 with {}                                                                                              | {"format":"gguf","parameters":9,"quantization":"F32"}           |
        | a.gguf of 9: gguf to 10 of 4 F16 with {}                                                                                                   | {"format":"gguf","parameters":4,"quantization":"F16","warnings":["truncated: a.gguf has 9 bytes of 10"]} |

      Examples: safetensors
        | files                                                                                             | metadata                                                        |
        | a.safetensors of 10: safetensors of 5 BF16                                                         | {"format":"safetensors","parameters":5,"quantization":"BF16"}   |
        | a.safetensors of 10: safetensors of 5 {257 X}                                                      | {"format":"safetensors","parameters":5}                         |
        | a.safetensors of 10: safetensors of 5 {256 X}                                                      | {"format":"safetensors","parameters":5,"quantization":"{256 X}"} |
        | a.safetensors of 13: safetensors to 10 of 5 BF16                                                   | {"format":"safetensors","parameters":5,"quantization":"BF16","warnings":["bad-offset: a.safetensors has 3 bytes behind its last tensor"]} |
        | a.safetensors of 7: safetensors to 10 of 5 BF16                                                    | {"format":"safetensors","parameters":5,"quantization":"BF16","warnings":["truncated: a.safetensors has 7 bytes of 10"]} |
        | a.safetensors of 10: safetensors of 5 BF16; b.safetensors of 10: malformed safetensors             | {"format":"safetensors","quantization":"BF16","warnings":["truncated: b.safetensors is odd"]} |
        | a.safetensors of 10: safetensors of 5 BF16; config.json of 2: config {"model_type":"x","max_position_embeddings":0} | {"format":"safetensors","parameters":5,"quantization":"BF16","architecture":"x","context_length":0} |
        | a.safetensors of 10: safetensors of 5 BF16; config.json of 2: config {"model_type":"","max_position_embeddings":-1} | {"format":"safetensors","parameters":5,"quantization":"BF16"} |
        | a.safetensors of 10: safetensors of 5 BF16; config.json of 2: config {"model_type":7,"max_position_embeddings":"5"} | {"format":"safetensors","parameters":5,"quantization":"BF16"} |
        | a.safetensors of 10: safetensors of 5 BF16; config.json of 2: config {"model_type":"{257 x}","max_position_embeddings":1.5} | {"format":"safetensors","parameters":5,"quantization":"BF16"} |
        | a.safetensors of 10: safetensors of 5 BF16; config.json of 2: config {"text_config":{"max_position_embeddings":5}}  | {"format":"safetensors","parameters":5,"quantization":"BF16","context_length":5} |
        | x/a.safetensors of 10: safetensors of 5 BF16; y/b.safetensors of 20: safetensors of 6 BF16; x/config.json of 2: config {"model_type":"x"}; y/config.json of 2: config {"model_type":"y"} | {"format":"safetensors","parameters":11,"quantization":"BF16","architecture":"y"} |
        | y/b.safetensors of 20: safetensors of 6 BF16; x/a.safetensors of 10: safetensors of 5 BF16; x/config.json of 2: config {"model_type":"x"}; y/config.json of 2: config {"model_type":"y"} | {"format":"safetensors","parameters":11,"quantization":"BF16","architecture":"y"} |
        | x/a.safetensors of 10: safetensors of 5 BF16; z/config.json of 2: config {"model_type":"z"}; config.json of 2: config {"model_type":"r"} | {"format":"safetensors","parameters":5,"quantization":"BF16","architecture":"r"} |
        | x/a.safetensors of 10: safetensors of 5 BF16; z/config.json of 2: config {"model_type":"z"}         | {"format":"safetensors","parameters":5,"quantization":"BF16"}  |
        | m.safetensors.index.json of 9: shards a.safetensors, b.safetensors; a.safetensors of 10: safetensors of 5 BF16 | {"format":"safetensors","quantization":"BF16","warnings":["incomplete: m.safetensors.index.json names 1 files that are not there"]} |
        | m.safetensors.index.json of 9: shards a.safetensors, b.safetensors                                  | {"warnings":["incomplete: m.safetensors.index.json names 2 files that are not there"]} |
        | m.safetensors.index.json of 9: shards a.safetensors; n.safetensors.index.json of 9: shards b.safetensors; a.safetensors of 10: safetensors of 5 BF16; b.safetensors of 10: safetensors of 7 F32 | {"format":"safetensors","parameters":5,"quantization":"BF16"} |
        | x/m.safetensors.index.json of 9: shards a.safetensors; x/a.safetensors of 10: safetensors of 5 BF16; b.safetensors of 10: safetensors of 7 F32 | {"format":"safetensors","parameters":12,"quantization":"F32"} |

      Examples: both, others and none
        | files                                                                                             | metadata                                                        |
        | a.gguf of 10: gguf of 5 F32 with {}; a.safetensors of 10: safetensors of 7 BF16                    | {"format":"gguf","parameters":5,"quantization":"F32"}           |
        | a.gguf of 9: gguf of 5 F32 with {}; a.safetensors of 10: safetensors of 7 BF16                     | {"format":"safetensors","parameters":7,"quantization":"BF16"}   |
        | a.bin of 9: other                                                                                  | {"format":"other","code_bearing":true}                          |
        | a.bin of 9: harmless other                                                                         | {"format":"other"}                                              |
        | a.gguf of 9: other                                                                                 | {"format":"other","code_bearing":true,"warnings":["bad-magic: a.gguf is a script"]} |
        | a.txt of 9: unknown                                                                                | nothing                                                         |
        | config.json of 2: config {"model_type":"x"}                                                        | nothing                                                         |
        | {200 n} of 9: malformed                                                                            | {"warnings":["truncated: {200 n} is odd"]}                      |
        | {201 n} of 9: malformed                                                                            | {"warnings":["truncated: {200 n}… is odd"]}                     |

    Scenario Outline: <count> files with trouble have <told>
      Then <count> files with trouble have <told>

      Examples:
        | count | told                             |
        | 16    | 16 warnings                      |
        | 17    | 16 warnings, and "and 1 more"    |
        | 1000  | 16 warnings, and "and 984 more"  |
