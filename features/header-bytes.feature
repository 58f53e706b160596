@CAT-ADO-2205
Feature: The bytes of headers, at their edges

  What features/headers.feature says of files that people have, each rule of a format says of few bytes here: what is just within it,
  and what is just beyond. In bytes, `\x80` is a byte, and `{16 N}` is 16 times "N".

  Rule: A pickle is followed opcode by opcode

    Scenario Outline: <bytes>, of a file of <size> bytes, <verdict>
      Then the bytes <bytes> of a file of <size> bytes <verdict>

      Examples: what begins as a newer protocol
        | bytes            | size | verdict       |
        | \x80\x02N.       | all  | are a pickle  |
        | \x80\x05\xff     | all  | are no pickle |
        | \x80\x05N        | all  | are a pickle  |
        | \x80\x06N.       | all  | are no pickle |
        | \x80\x00N.       | all  | are a pickle  |
        | \x80             | all  | are no pickle |
        | \x80\x02         | all  | are no pickle |

      Examples: what imports something and ends
        | bytes                                                         | size | verdict       |
        | cos\x0asystem\x0a.                                            | all  | are a pickle  |
        | N.                                                            | all  | are no pickle |
        | .                                                             | all  | are no pickle |
        | cos\x0asystem\x0a\x82\xff.                                    | all  | are a pickle  |
        | \x82..                                                        | all  | are a pickle  |
        | \x83...                                                       | all  | are a pickle  |
        | \x84.....                                                     | all  | are a pickle  |
        | \x93.                                                         | all  | are a pickle  |
        | cos\x0asystem\x0aK..                                          | all  | are a pickle  |
        | cos\x0asystem\x0aM...                                         | all  | are a pickle  |
        | cos\x0asystem\x0aJ.....                                       | all  | are a pickle  |
        | cos\x0asystem\x0aG.........                                   | all  | are a pickle  |
        | cos\x0asystem\x0aU\x01..                                      | all  | are a pickle  |
        | cos\x0asystem\x0aU\x00.                                       | all  | are a pickle  |
        | cos\x0asystem\x0aT\x01\x00\x00\x00..                          | all  | are a pickle  |
        | cos\x0asystem\x0a\x8e\x01\x00\x00\x00\x00\x00\x00\x00..       | all  | are a pickle  |
        | cos\x0asystem\x0aSa text\x0a.                                 | all  | are a pickle  |
        | c_a.B2<c>\x0asystem\x0a.                                      | all  | are a pickle  |
        | c1os\x0asystem\x0a.                                           | all  | are no pickle |
        | cos\x0asys tem\x0a.                                           | all  | are no pickle |
        | c\x0asystem\x0a.                                              | all  | are no pickle |
        | cos\x0asystem\x0a\xff.                                        | all  | are no pickle |

      Examples: what imports something and has no end
        | bytes                        | size | verdict       |
        | cos\x0asystem\x0a{14 N}      | all  | are no pickle |
        | cos\x0asystem\x0a{15 N}      | all  | are a pickle  |
        | cos\x0asystem\x0a{14 N}\xff  | all  | are no pickle |
        | cos\x0asystem\x0a{15 N}\xff  | all  | are a pickle  |
        | {40 N}                       | all  | are no pickle |
        | {249999 N}.                  | all  | are no pickle |
        | {250000 N}.                  | all  | are a pickle  |

      Examples: what calls something that it imported
        | bytes                              | size | verdict       |
        | cos\x0asystem\x0a)R                | all  | are a pickle  |
        | cos\x0asystem\x0aR                 | all  | are no pickle |
        | cos\x0asystem\x0a0R                | all  | are no pickle |
        | ))R{20 N}                          | all  | are no pickle |
        | (ios\x0asystem\x0a                 | all  | are a pickle  |
        | ios\x0asystem\x0a{20 N}            | all  | are no pickle |
        | (cos\x0asystem\x0ao                | all  | are a pickle  |
        | cos\x0asystem\x0ao{20 N}           | all  | are no pickle |
        | ((cos\x0asystem\x0ato              | all  | are a pickle  |
        | ((cos\x0asystem\x0atto{20 N}       | all  | are no pickle |
        | (cos\x0asystem\x0att{20 N}         | all  | are no pickle |
        | cos\x0asystem\x0at{20 N}           | all  | are no pickle |
        | )cos\x0asystem\x0at)R              | all  | are no pickle |
        | cos\x0asystem\x0a)b                | all  | are a pickle  |
        | cos\x0asystem\x0a)\x81             | all  | are a pickle  |
        | cos\x0asystem\x0a))\x92            | all  | are a pickle  |

      Examples: what goes on in the file
        | bytes                                        | size       | verdict                   |
        | cos\x0asystem\x0a                            | 100        | are told by 12 bytes      |
        | cos\x0asys                                   | 100        | are told by 8 bytes       |
        | cos                                          | 100        | are told by 4 bytes       |
        | K                                            | 100        | are told by 2 bytes       |
        | X\x05\x00\x00\x00ab                          | 100        | are told by 10 bytes      |
        | X\x05\x00\x00\x00ab                          | 9          | are no pickle             |
        | \x8e\x00\x00\x00\x10\x00\x00\x00\x00         | 8589934592 | are a pickle              |
        | \x8e\x00\x00\x00\x10\x00\x00\x00\x00         | 1000       | are no pickle             |
        | T\x00\x00\x00\x10                            | 8589934592 | are a pickle              |

  Rule: The names in an archive are read as far as they go

    Scenario Outline: A <form> of <names> has these names
      Then a <form> of <names> has these names

      Examples:
        | form                                | names                   |
        | zip                                 | a                       |
        | zip                                 | a, b/data.pkl, c        |
        | large zip                           | a, b/data.pkl, c        |
        | zip with a comment of 70 bytes      | a, b/data.pkl           |
        | zip with a comment of 65535 bytes   | a, b/data.pkl           |
        | zip behind 1000 bytes of its own    | a, b/data.pkl           |
        | zip that is looked at whole         | a, b/data.pkl           |
        | large zip that is looked at whole   | a, b/data.pkl           |
        | zip with extra fields and comments  | a, b/data.pkl, c        |
        | zip                                 | nothing                 |

    Scenario Outline: A zip whose end has <trouble> says nothing of a list
      Then a zip whose end has <trouble> says nothing of a list

      Examples:
        | trouble                            |
        | no record                          |
        | a record that is cut by a byte     |
        | large places and no record of them |
        | large places and nothing before    |
        | a large list beyond its end        |

    Scenario: What a zip says of its list is no more than what is before it
      Then a zip that says that its list begins behind its end, or is longer than it, is believed as far as it goes

    Scenario Outline: A tar of <files> has the names <names>
      Then a tar of <files> has the names <names>

      Examples:
        | files                              | names    |
        | a of 0, b of 1                     | a, b     |
        | a of 511, b of 512, c of 513, d of 0 | a, b, c, d |
        | x/y/ of 0, z of 3                  | x/y, z   |
        | x/y of 0                           | x/y      |
        | {100 n} of 0, z of 1               | {100 n}, z |
        | a of nonsense, b of 3              | a, b     |
        | a of -1, b of 3                    | a, b     |
        | a of 3, b of 0, cut by 1           | a        |
        | a of 3, b of 0, and a text         | a, b     |

    Scenario Outline: The name <name> is <verdict>
      Then the name <name> in an archive is <verdict>

      Examples:
        | name              | verdict   |
        | data.pkl          | of code   |
        | x/data.pkl        | of code   |
        | x/a.pickle        | of code   |
        | x/a.py            | of code   |
        | x/a.pyc           | of code   |
        | pickle            | of code   |
        | x/sys_info        | of code   |
        | my_sys_info       | harmless  |
        | a.pkl/weights     | harmless  |
        | a.pkl.txt         | harmless  |
        | weights.npy       | harmless  |
        | .pkl              | of code   |

  Rule: What a JSON header costs is known before it is parsed

    Scenario Outline: The JSON <json> is <verdict>
      Then the JSON <json> is <verdict>

      Examples:
        | json                                          | verdict                                                  |
        | {}                                            | read                                                     |
        | {"a":[1,{"b":null}],"c":"d"}                  | read                                                     |
        | {"a":"}]{[:,\\"}                              | no object: bad-value: is no object in JSON               |
        | {"a":"}]{[:,\\"\\\\"}                         | read                                                     |
        | {"a":1,"a":2}                                 | no object: duplicate: has a member twice                 |
        | {"a":{"b":1,"b":2}}                           | no object: duplicate: has a member twice                 |
        | {"a":[{"b":1,"b":2}]}                         | no object: duplicate: has a member twice                 |
        | {"a":{"b":1},"b":2}                           | read                                                     |
        | [1]                                           | no object: bad-value: is no object in JSON               |
        | null                                          | no object: bad-value: is no object in JSON               |
        | 7                                             | no object: bad-value: is no object in JSON               |
        | {"a":1                                        | no object: bad-value: is no object in JSON               |
        | {"a":"\xff"}                                  | no object: bad-value: is no object in JSON               |
        | \xef\xbb\xbf{}                                | no object: bad-value: is no object in JSON               |
        | {"a":{63 [}{63 ]}}                            | read                                                     |
        | {"a":{64 [}{64 ]}}                            | no object: too-deep: has values in values, more than 64 deep |
        | {"a":[[],[],[]],"b":{"c":{"d":[]}}}           | read                                                     |

    Scenario Outline: JSON of <what> is <verdict>
      Then JSON of <what> is <verdict>

      Examples: by its items and names
        | what                                           | verdict                                                                      |
        | 999999 numbers                                 | read                                                                         |
        | 1000000 numbers                                | no object: over-limit: has more than 1000000 items                           |
        | 773144 names of its own                        | no object: over-limit: has a header that would take about 252 MB of memory   |
        | 850000 members called "dtype"                  | no object: duplicate: has a member twice                                     |

      @heavy
      Examples: by its names and its text, of which there is much
        | what                                           | verdict                                                                      |
        | 850000 members called "shape"                  | no object: duplicate: has a member twice                                     |
        | 850000 members called "data_offsets"           | no object: duplicate: has a member twice                                     |
        | 850000 members called "shaqe"                  | no object: over-limit: has a header that would take about 268 MB of memory   |
        | 850000 members called "types"                  | no object: over-limit: has a header that would take about 268 MB of memory   |
        | a text of 42000000 bytes that ends with a      | read                                                                         |
        | a text of 42000000 bytes that ends with \xc3\xa3 | read                                                                       |
        | a text of 42000000 bytes that ends with \xc4\x81 | no object: over-limit: has a header that would take about 252 MB of memory |
        | a text of 42000000 bytes that ends with \\u0041  | no object: over-limit: has a header that would take about 252 MB of memory |
        | a text of 42000000 bytes that ends with \\\\u00  | read                                                                       |
        | a text of 42000000 bytes that ends with \\"      | read                                                                       |
        | a text of 72000000 bytes that ends with a        | no object: over-limit: has a header that would take about 252 MB of memory |

  Rule: The tensors of safetensors fill the bytes behind the header

    Scenario Outline: Safetensors with the header <json> are <verdict>
      Then safetensors with the header <json> are <verdict>

      Examples: that are right
        | json                                                                                                          | verdict                              |
        | {}                                                                                                            | 0 tensors of 0 elements, 0 bytes     |
        | {"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}                                                         | 1 tensors of 2 elements, 2 bytes     |
        | {"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}                                                         | 1 tensors of 1 elements, 4 bytes     |
        | {"b":{"dtype":"U8","shape":[3],"data_offsets":[2,5]},"a":{"dtype":"I16","shape":[1],"data_offsets":[0,2]}}    | 2 tensors of 4 elements, 5 bytes     |
        | {"b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}     | 2 tensors of 2 elements, 2 bytes     |
        | {"a":{"dtype":"F4","shape":[3,2],"data_offsets":[0,3]}}                                                       | 1 tensors of 6 elements, 3 bytes     |
        | {"a":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[0,3]}}                                                    | 1 tensors of 4 elements, 3 bytes     |
        | {"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}                                                        | 1 tensors of 1 elements, 8 bytes     |
        | {"a":{"dtype":"NEW","shape":[5],"data_offsets":[0,3]}}                                                        | 1 tensors of 5 elements, 3 bytes     |
        | {"a":{"dtype":"toString","shape":[5],"data_offsets":[0,3]}}                                                   | 1 tensors of 5 elements, 3 bytes     |
        | {"__metadata__":{"format":"pt","x":""}}                                                                       | 0 tensors of 0 elements, 0 bytes     |
        | {"__metadata__":{}}                                                                                           | 0 tensors of 0 elements, 0 bytes     |

      Examples: that are not
        | json                                                                                                          | verdict                                                            |
        | {"__metadata__":{"a":1}}                                                                                      | refused: bad-value: has a __metadata__ that is not of texts        |
        | {"__metadata__":{"a":"x","b":1}}                                                                              | refused: bad-value: has a __metadata__ that is not of texts        |
        | {"__metadata__":["a"]}                                                                                        | refused: bad-value: has a __metadata__ that is not of texts        |
        | {"__metadata__":null}                                                                                         | refused: bad-value: has a __metadata__ that is not of texts        |
        | {"a":{"shape":[2],"data_offsets":[0,2]}}                                                                      | refused: bad-value: has a tensor without type or shape: "a"        |
        | {"a":{"dtype":8,"shape":[2],"data_offsets":[0,2]}}                                                            | refused: bad-value: has a tensor without type or shape: "a"        |
        | {"a":{"dtype":"U8","shape":"2","data_offsets":[0,2]}}                                                         | refused: bad-value: has a tensor without type or shape: "a"        |
        | {"a":{"dtype":"U8","shape":[2,-1],"data_offsets":[0,2]}}                                                      | refused: bad-value: has a tensor without type or shape: "a"        |
        | {"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,2]}}                                                       | refused: bad-value: has a tensor without type or shape: "a"        |
        | {"a":7}                                                                                                       | refused: bad-value: has a tensor without type or shape: "a"        |
        | {"{101 n}":7}                                                                                                 | refused: bad-value: has a tensor without type or shape: "{100 n}"  |
        | {"a":{"dtype":"U8","shape":[2]}}                                                                              | refused: bad-offset: has a tensor nowhere: "a"                     |
        | {"a":{"dtype":"U8","shape":[2],"data_offsets":[]}}                                                            | refused: bad-offset: has a tensor nowhere: "a"                     |
        | {"a":{"dtype":"NEW","shape":[2],"data_offsets":[0]}}                                                          | refused: bad-offset: has a tensor nowhere: "a"                     |
        | {"a":{"dtype":"NEW","shape":[2],"data_offsets":[2,1]}}                                                        | refused: bad-offset: has a tensor nowhere: "a"                     |
        | {"a":{"dtype":"NEW","shape":[2],"data_offsets":[0,2,2]}}                                                      | refused: bad-offset: has a tensor nowhere: "a"                     |
        | {"a":{"dtype":"NEW","shape":[2],"data_offsets":[0,"2"]}}                                                      | refused: bad-offset: has a tensor nowhere: "a"                     |
        | {"a":{"dtype":"NEW","shape":[9007199254740991,2],"data_offsets":[0,2]}}                                       | refused: bad-value: has a tensor of more than 2^53 elements: "a"   |
        | {"a":{"dtype":"U8","shape":[3],"data_offsets":[0,2]}}                                                         | refused: bad-offset: has a tensor of another size than its bytes: "a" |
        | {"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}                                                         | refused: bad-offset: has a tensor of another size than its bytes: "a" |
        | {"a":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}                                                         | refused: bad-offset: has tensors that leave a hole or overlap at 0 |
        | {"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}     | refused: bad-offset: has tensors that leave a hole or overlap at 1 |
        | {"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[3,5]}}     | refused: bad-offset: has tensors that leave a hole or overlap at 2 |
        | {"a":{"dtype":"A","shape":[9007199254740991],"data_offsets":[0,1]},"b":{"dtype":"A","shape":[1],"data_offsets":[1,2]}} | refused: bad-value: has tensors of more than 2^53 elements |

    Scenario Outline: The index <json> is <verdict>
      Then an index of safetensors of <json> is <verdict>

      Examples:
        | json                                          | verdict                                                                  |
        | {"weight_map":{"a":"x","b":"y","c":"x"}}      | of the files x, y                                                        |
        | {"weight_map":{}}                             | of the files none                                                        |
        | {"weight_map":{"a":"x","b":7}}                | refused: bad-value: has a weight_map that names something else than files |
        | {"weight_map":["x"]}                          | refused: bad-value: has no weight_map                                    |
        | {}                                            | refused: bad-value: has no weight_map                                    |
        | []                                            | refused: bad-value: is no object in JSON                                 |

  Rule: What a file is, its first bytes say; its name says what was expected

    Scenario Outline: A file <name> of <size> bytes that begins with <bytes> is <verdict>
      Then a file <name> of <size> bytes that begins with <bytes> is <verdict>

      Examples:
        | name                         | size     | bytes                              | verdict                                                     |
        | a.bin                        | 4        | text                               | unknown                                                     |
        | a.bin                        | 1000     | text                               | told by 512 bytes                                           |
        | a.bin                        | 100      | text                               | told by 100 bytes                                           |
        | a.bin                        | 0        |                                    | unknown                                                     |
        | a.bin                        | 3        | GGU                                | unknown                                                     |
        | a.gguf                       | 3        | GGU                                | malformed as gguf: truncated: ends within its header        |
        | a.gguf                       | 0        |                                    | malformed as gguf: truncated: ends within its header        |
        | a.bin                        | 4        | GGUF                               | malformed as gguf: truncated: ends within its header        |
        | a.gguf                       | 4        | text                               | malformed: bad-magic: does not begin with GGUF              |
        | a.GGUF                       | 4        | text                               | malformed: bad-magic: does not begin with GGUF              |
        | a.gguf.txt                   | 4        | text                               | unknown                                                     |
        | a.safetensors                | 4        | text                               | malformed as safetensors: truncated: ends within its header |
        | a.safetensors                | 9        | \x02{7 \x00}x                      | malformed: bad-magic: has no header of safetensors          |
        | a.safetensors                | 8        | \x02{7 \x00}                       | malformed as safetensors: truncated: ends within its header |
        | a.bin                        | 8        | \x02{7 \x00}                       | unknown                                                     |
        | a.bin                        | 9        | \x02{7 \x00}{                      | malformed as safetensors: truncated: ends within its header |
        | a.bin                        | 10       | \x02{7 \x00}{}                     | safetensors                                                 |
        | a.bin                        | 10       | \x02\x00\x00\x04\x00\x00\x00\x00{} | unknown                                                     |
        | a.bin                        | 10       | \x00\x00\x00\x04\x00\x00\x00\x00{} | malformed as safetensors: truncated: ends within its header |
        | a.safetensors.txt            | 4        | text                               | unknown                                                     |
        | config.json                  | 2        | {}                                 | config                                                      |
        | x/config.json                | 2        | {}                                 | config                                                      |
        | xconfig.json                 | 2        | {}                                 | unknown                                                     |
        | config.json/x                | 2        | {}                                 | unknown                                                     |
        | config.json                  | 1048576  | {512 x}                            | told by 1048576 bytes                                       |
        | config.json                  | 1048577  | {512 x}                            | malformed: over-limit: is longer than we read               |
        | config.json                  | 2        | []                                 | malformed: bad-value: is no object in JSON                  |
        | a.safetensors.index.json     | 67108864 | {512 x}                            | told by 67108864 bytes                                      |
        | a.safetensors.index.json     | 67108865 | {512 x}                            | malformed: over-limit: is longer than we read               |
        | a.safetensors.index.json     | 17       | {"weight_map":{}}                  | shards                                                      |
        | a.bin                        | 3        | #!/                                | other: a script, code                                       |
        | a.bin                        | 4        | lmgg                               | other: a GGML file                                          |
        | a.bin                        | 4        | \x7fELF                            | other: an ELF program, code                                 |
        | a.bin                        | 7        | MZqFpD='                           | other: a program of llamafile, code                         |
        | a.bin                        | 4        | \xcf\xfa\xed\xfe                   | other: a Mach-O program, code                               |
        | a.bin                        | 4        | PK\x03\x04                         | other: a zip                                                |
        | a.bin                        | 38       | PK\x03\x04{22 \x00}\x08\x00\x00\x00data.pkl | other: a zip, code                              |
        | a.bin                        | 38       | PK\x03\x04{22 \x00}\x08\x00\x00\x00data.npy | other: a zip                                    |
        | a.bin                        | 38       | PK\x03\x04{22 \x00}\x08\x00\x04\x00data.pkl | other: a zip, code                              |
        | a.bin                        | 37       | PK\x03\x04{22 \x00}\x08\x00\x00\x00data.pk  | other: a zip                                    |
        | a.bin                        | 2        | PK                                 | unknown                                                     |
        | a.bin                        | 20       | \x93NUMPY\x01\x00\x08\x00{'descr':'O'      | other: a numpy array, code                          |
        | a.bin                        | 20       | \x93NUMPY\x01\x00\x08\x00{'descr':'>O8'    | other: a numpy array, code                          |
        | a.bin                        | 20       | \x93NUMPY\x01\x00\x08\x00{'descr':'<f4'    | other: a numpy array                                |
        | a.bin                        | 20       | \x93NUMPY\x01\x00\x08\x00{'descr':'Ox'     | other: a numpy array                                |

  @CAT-DIG-1408
  Rule: A probe judges by what a header says of the length

    Scenario Outline: A file of <size> bytes that is <header> is <verdict>
      Then a file of <size> bytes that is <header> is judged <verdict>

      Examples:
        | size | header                    | verdict                                                                      |
        | 100  | gguf to 100               | sound, 100, no reason                                                        |
        | 101  | gguf to 100               | sound, 100, no reason                                                        |
        | 99   | gguf to 100               | truncated, 100, truncated: 1 of 100 bytes are not there                      |
        | 100  | gguf to 100 with types 77, 88 | unknown, nothing, it has tensors of types of unknown size: 77, 88        |
        | 100  | gguf to 100 with types 1, 2, 3, 4, 5, 6, 7, 8, 9 | unknown, nothing, it has tensors of types of unknown size: 1, 2, 3, 4, 5, 6, 7, 8 |
        | 99   | gguf to 100 with types 77 | truncated, 100, truncated: 1 of 100 bytes are not there                      |
        | 100  | safetensors to 100        | sound, 100, no reason                                                        |
        | 103  | safetensors to 100        | malformed, 100, bad-offset: 3 bytes follow its last tensor                   |
        | 90   | safetensors to 100        | truncated, 100, truncated: 10 of 100 bytes are not there                     |
        | 10   | malformed gguf as bad-count    | malformed, nothing, bad-count: it is odd                                     |
        | 10   | malformed gguf as truncated    | truncated, nothing, truncated: it is odd                                     |
        | 10   | malformed gguf as over-limit   | unknown, nothing, over-limit: it is odd                                      |
        | 10   | malformed gguf as unreadable   | unknown, nothing, unreadable: it is odd                                      |
        | 10   | malformed gguf as changed      | unknown, nothing, changed: it is odd                                         |
        | 10   | other                     | unknown, nothing, it is a script                                             |
        | 10   | config                    | unknown, nothing, it is of no format that says how long it is                |
        | 10   | shards                    | unknown, nothing, it is of no format that says how long it is                |
        | 10   | unknown                   | unknown, nothing, it is of no format that says how long it is                |
