Feature: What the files of a model are called, and which model a reference means

  @CAT-BLB-2106
  Rule: A split model is one, by the names of its files

    Scenario Outline: The file <name> is <shard>
      Then the file <name> is <shard>

      Examples:
        | name                              | shard                                                              |
        | m.gguf                            | whole                                                              |
        | m-00002-of-00003.gguf             | 2 of 3: m-00001-of-00003.gguf, m-00002-of-00003.gguf, m-00003-of-00003.gguf |
        | m-00001-of-00001.safetensors      | 1 of 1: m-00001-of-00001.safetensors                               |
        | x/m-00001-of-00002.gguf           | 1 of 2: x/m-00001-of-00002.gguf, x/m-00002-of-00002.gguf           |
        | m-00001-of-00000.gguf             | 1 of 0: m-00001-of-00000.gguf                                      |
        | m-0001-of-00003.gguf              | whole                                                              |
        | m-00001-of-000003.gguf            | whole                                                              |
        | m-00001-of-00003.bin              | whole                                                              |
        | m-00001-of-00003.gguf.part        | whole                                                              |
        | -00001-of-00003.gguf              | whole                                                              |

    Scenario Outline: The <type> <name> is called <id>
      Then the <type> <name> is called <id>

      Examples:
        | type      | name                         | id                           |
        | file      | m.gguf                       | m                            |
        | file      | m.GGUF                       | m                            |
        | file      | m.safetensors                | m                            |
        | file      | m.bin                        | m.bin                        |
        | file      | m.gguf.bin                   | m.gguf.bin                   |
        | file      | m-00001-of-00003.gguf        | m                            |
        | file      | m-00001-of-00003.bin         | m-00001-of-00003.bin         |
        | file      | m-00001-of-00003-x.gguf      | m-00001-of-00003-x           |
        | directory | m.gguf                       | m.gguf                       |
        | directory | m-00001-of-00003             | m-00001-of-00003             |

  @CAT-BLB-2105
  Rule: The files of a model lie together, under names that engines read

    Scenario Outline: The folder of <id> is <folder>
      Then the folder of <id> is <folder>

      Examples: behind it come 16 digits that are of the whole id
        | id            | folder                |
        | a             | models/a-             |
        | a/b           | models/a-b-           |
        | a//:b         | models/a-b-           |
        | Qwen_2.5-x    | models/Qwen_2.5-x-    |
        | é             | models/e-             |
        | 模型          | models/model-         |
        | .-a-.         | models/a-             |
        | ...           | models/model-         |
        | {63 a}.b      | models/{63 a}-        |
        | {64 a}        | models/{64 a}-        |
        | {65 a}        | models/{64 a}-        |

    Scenario Outline: The path <path> is <verdict>
      Then the path <path> is <verdict>

      Examples:
        | path                            | verdict                |
        | models/a-0123456789abcdef       | a model's folder       |
        | models/_a.b-0123456789abcdef    | a model's folder       |
        | models/a-0123456789abcde        | none                   |
        | models/a-0123456789abcdefg      | none                   |
        | models/a-0123456789ABCDEF       | none                   |
        | models/-0123456789abcdef        | none                   |
        | models/.a-0123456789abcdef      | none                   |
        | models/a/b-0123456789abcdef     | none                   |
        | x/models/a-0123456789abcdef     | none                   |
        | models/a-0123456789abcdef/x     | none                   |

    Scenario Outline: Of the files <files> an engine is pointed at <main>
      Then of the files "<files>" an engine is pointed at <main>, and they lie at <places>

      Examples:
        | files                                         | main                    | places                                              |
        | m.gguf | m.gguf | models/m/m.gguf |
        | config.json | config.json | models/m/config.json |
        | m-00001-of-00002.gguf, m-00002-of-00002.gguf | m-00001-of-00002.gguf | models/m/m-00001-of-00002.gguf, models/m/m-00002-of-00002.gguf |
        | m-00002-of-00002.gguf, m-00001-of-00002.gguf | m-00001-of-00002.gguf | models/m/m-00002-of-00002.gguf, models/m/m-00001-of-00002.gguf |
        | m-00001-of-00003.gguf, m-00002-of-00003.gguf | the directory | models/m/m-00001-of-00003.gguf, models/m/m-00002-of-00003.gguf |
        | m-00001-of-00002.gguf, n-00002-of-00002.gguf | the directory | models/m/m-00001-of-00002.gguf, models/m/n-00002-of-00002.gguf |
        | m-00001-of-00002.safetensors, m-00002-of-00002.safetensors | the directory | models/m/m-00001-of-00002.safetensors, models/m/m-00002-of-00002.safetensors |
        | a.gguf, b/c.gguf | the directory | models/m/a.gguf, models/m/b/c.gguf |
        | nothing                                       | the directory           | nothing                                             |

  @CAT-REF-1306
  Rule: A reference means the one model that it can mean

    Scenario Outline: Of <models> the reference <asked> means <meant>
      Then of "<models>" the reference <asked> means <meant>

      Examples: revisions
        | models                                   | asked                  | meant    |
        | a=hf:o/r                                 | hf:o/r                 | a        |
        | a=hf:o/r                                 | hf:o/r@main            | a        |
        | a=hf:o/r@main                            | hf:o/r                 | a        |
        | a=hf:o/r@v1                              | hf:o/r                 | none     |
        | a=hf:o/r                                 | hf:o/r@v1              | none     |
        | a=hf:o/r                                 | hf:o/s                 | none     |
        | a=hf:o/r                                 | hf:p/r                 | none     |
        | a=file:///m.gguf                         | hf:o/r                 | none     |
        | a=hf:nonsense                            | hf:o/r                 | none     |
        | a=hf:o/r/../x                            | hf:o/r                 | none     |
        | a=hf:o/r/../x; b=hf:o/r                  | hf:o/r                 | b        |
        | a=hf:o/r                                 | ./r                    | none     |
        | a=hf:o/r/m.gguf                          | hf:o/r                 | none     |
        | a=hf:o/r/m.gguf                          | hf:o/r/m.gguf          | a        |
        | a=hf:o/r/m.gguf                          | hf:o/r/n.gguf          | none     |
        | a=hf:o/r:Q8_0                            | hf:o/r                 | none     |

      Examples: a name and a source
        | models                                   | asked                  | meant    |
        | a=file:///x from hf:o/r                  | hf:o/r                 | a        |
        | a=hf:o/r from hf:o/r@v1                  | hf:o/r                 | a        |
        | a=hf:o/r from hf:o/r@v1                  | hf:o/r@v1              | a        |
        | a=hf:o/r/m.gguf from hf:o/r              | hf:o/r                 | none     |

      Examples: several
        | models                                   | asked                  | meant    |
        | a=hf:o/r; b=hf:o/r                       | hf:o/r                 | none     |
        | a=hf:o/r of 1; b=hf:o/r of 1             | hf:o/r                 | a        |
        | a=hf:o/r of 1; b=hf:o/r of 2             | hf:o/r                 | none     |
        | a=hf:o/r of 1; b=hf:o/r                  | hf:o/r                 | none     |
        | a=hf:o/r; b=hf:o/r of 1                  | hf:o/r                 | none     |

      Examples: quantizations
        | models                                                       | asked            | meant |
        | a=hf:o/r/m.Q8_0.gguf                                         | hf:o/r:Q8_0      | a     |
        | a=hf:o/r/m.q8_0.gguf                                         | hf:o/r:Q8_0      | a     |
        | a=hf:o/r/m-Q8_0.gguf                                         | hf:o/r:q8_0      | a     |
        | a=hf:o/r/m_Q8_0.gguf                                         | hf:o/r:Q8_0      | a     |
        | a=hf:o/r/Q8_0/m.gguf                                         | hf:o/r:Q8_0      | a     |
        | a=hf:o/r/Q8_0.gguf                                           | hf:o/r:Q8_0      | a     |
        | a=hf:o/r/m.Q4_K_M.gguf                                       | hf:o/r:Q4_K      | none  |
        | a=hf:o/r/mQ4_K.gguf                                          | hf:o/r:Q4_K      | none  |
        | a=hf:o/r/m.Q4_K_M-Q4_K.gguf                                  | hf:o/r:Q4_K      | a     |
        | a=hf:o/r/m.Q8_0                                              | hf:o/r:Q8_0      | a     |
        | a=hf:o/r/m.Q8_0.gguf; b=hf:o/r/mmproj-Q8_0.gguf              | hf:o/r:Q8_0      | a     |
        | a=hf:o/r/m.Q8_0.gguf; b=hf:o/r/MMPROJ.Q8_0.gguf              | hf:o/r:Q8_0      | a     |
        | a=hf:o/r/m.Q8_0.gguf; b=hf:o/r/n.Q8_0.gguf                   | hf:o/r:Q8_0      | none  |
        | a=hf:o/r/m.Q8_0.gguf of 1; b=hf:o/r/n.Q8_0.gguf of 1         | hf:o/r:Q8_0      | a     |
        | a=hf:o/r/m.gguf as Q8_0                                      | hf:o/r:Q8_0      | a     |
        | a=hf:o/r/m.gguf as q8_0                                      | hf:o/r:Q8_0      | a     |
        | a=hf:o/r/m.gguf as Q4_0                                      | hf:o/r:Q8_0      | none  |
        | a=hf:o/r/m.gguf as Q8_0; b=hf:o/r/n.Q8_0.gguf                | hf:o/r:Q8_0      | b     |
        | a=hf:o/r/m.gguf as Q8_0; b=hf:o/r/n.gguf as Q8_0             | hf:o/r:Q8_0      | none  |
        | a=hf:o/r/m.gguf as Q8_0; b=hf:o/r/n.Q8_0.gguf; c=hf:o/r/o.Q8_0.gguf | hf:o/r:Q8_0 | none |
        | a=hf:o/r:Q8_0                                                | hf:o/r:Q8_0      | a     |
        | a=hf:o/r:q8_0                                                | hf:o/r:Q8_0      | a     |
        | a=hf:o/r                                                     | hf:o/r:Q8_0      | none  |
