Feature: Headers

  What the files of a model say of themselves at their beginning: read within narrow bounds when a model is added, believed for
  nothing but what is shown, and never a reason for a crash.

  @CAT-ADO-2205
  Rule: Adding tells what the headers say of a model

    Scenario Outline: A GGUF file of version <version>, <order> endian, is described
      Given a catalog over the fs store
      And a source "m.gguf" that is a GGUF file of version <version>, <order> endian
      When "m.gguf" is added as "m"
      Then the entry "m" has {"metadata":{"format":"gguf","architecture":"llama","parameters":1280,"quantization":"Q4_K_M","context_length":4096}}

      Examples:
        | version | order  |
        | 1       | little |
        | 2       | little |
        | 3       | little |
        | 1       | big    |
        | 2       | big    |
        | 3       | big    |

    Scenario Outline: A <store> catalog describes a model that is added by <mode>
      Given a catalog over the <store> store
      And a source "m.gguf" that is a GGUF file of version 3, little endian
      When "m.gguf" is added with {"mode":"<mode>"}
      Then the entry "m" has {"metadata":{"format":"gguf","architecture":"llama","parameters":1280,"quantization":"Q4_K_M","context_length":4096}}

      Examples:
        | store   | mode      |
        | memory  | copy      |
        | journal | copy      |
        | fs      | copy      |
        | fs      | link      |
        | fs      | reference |

    Scenario Outline: A context length of type <type> is read, in either byte order
      Then a GGUF file whose context length is a <type> of <value> is described with context_length <told>

      Examples:
        | type    | value         | told       |
        | uint8   | 200           | 200        |
        | int8    | 100           | 100        |
        | uint16  | 40000         | 40000      |
        | int16   | 20000         | 20000      |
        | uint32  | 4294967295    | 4294967295 |
        | int32   | 131072        | 131072     |
        | uint64  | 1099511627776 | 1099511627776 |
        | int64   | 1099511627776 | 1099511627776 |
        | int32   | -1            | none       |
        | float32 | 1.5           | none       |
        | string  | 4096          | none       |
        | bool    | 1             | none       |

    Scenario: Values of every type and arrays in arrays are stepped over
      Then a GGUF file of every version and byte order with values of all types before and behind what is told is described all the same

    Scenario Outline: A file of type <file type> with tensors of Q4_K is <quantization>
      Then a GGUF file of file type <file type> is described with quantization <quantization>

      Examples:
        | file type | quantization |
        | 15        | Q4_K_M       |
        | 0         | F32          |
        | 1         | F16          |
        | 7         | Q8_0         |
        | 14        | Q4_K_S       |
        | 18        | Q6_K         |
        | 31        | IQ1_M        |
        | 32        | BF16         |
        | 38        | MXFP4_MOE    |
        | 1039      | Q4_K_M       |
        | 9999      | Q4_K         |
        | none      | Q4_K         |

    Scenario: The shards of a split GGUF are one model, described by its first shard
      Given a catalog over the fs store
      And sources "s-00001-of-00003.gguf" and so on that are a split GGUF
      When "s-00002-of-00003.gguf" is added as "m"
      Then the entry "m" has {"metadata":{"format":"gguf","architecture":"llama","parameters":3840,"quantization":"Q4_K_M","context_length":4096}}

    Scenario Outline: A split GGUF <trouble> has no number of parameters, and says why
      Then a split GGUF <trouble> is described without parameters and warned of as <code>

      Examples:
        | trouble                         | code       |
        | without its second shard        | incomplete |
        | whose second shard is cut short | truncated  |
        | whose second shard is zeros     | bad-magic  |
        | that lacks a tensor             | incomplete |

    Scenario: A directory of safetensors is described by its shards and its config.json
      Given a catalog over the fs store
      And a source directory "dir" of safetensors shards with an index and a config.json
      When "dir" is added as "m"
      Then the entry "m" has {"metadata":{"format":"safetensors","architecture":"mistral","parameters":2064,"quantization":"BF16","context_length":32768}}

    Scenario Outline: Safetensors <form> are described
      Then safetensors <form> are described as <metadata>

      Examples:
        | form                               | metadata                                                                                          |
        | in one file                        | {"format":"safetensors","parameters":1032,"quantization":"BF16"}                                  |
        | in shards without an index         | {"format":"safetensors","parameters":2064,"quantization":"BF16"}                                  |
        | in folders                         | {"format":"safetensors","parameters":2064,"quantization":"BF16"}                                  |
        | beside another form of them        | {"format":"safetensors","parameters":2064,"quantization":"BF16"}                                  |
        | of text and pictures               | {"format":"safetensors","architecture":"llava","parameters":1032,"quantization":"BF16","context_length":8192} |
        | of a type that came later          | {"format":"safetensors","parameters":16,"quantization":"F5_X"}                                    |
        | of 4 bits                          | {"format":"safetensors","parameters":16,"quantization":"F4"}                                      |
        | with an index that names one more  | {"format":"safetensors","quantization":"BF16","warnings":["incomplete: model.safetensors.index.json names 1 files that are not there"]} |
        | with an index of nothing           | {"format":"safetensors","parameters":1032,"quantization":"BF16","warnings":["bad-value: model.safetensors.index.json has no weight_map"]} |
        | with a config that is no JSON      | {"format":"safetensors","parameters":1032,"quantization":"BF16","warnings":["bad-value: config.json is no object in JSON"]} |
        | with a config of 2 MiB             | {"format":"safetensors","parameters":1032,"quantization":"BF16","warnings":["over-limit: config.json is longer than we read"]} |
        | beside a larger GGUF               | {"format":"gguf","architecture":"llama","parameters":1280,"quantization":"Q4_K_M","context_length":4096} |

    Scenario: Content that is known keeps what is said of it, and gets it where nothing was
      Given a catalog over the fs store
      And a source "m.gguf" that is a GGUF file of version 3, little endian
      And a model "m" that was added from "m.gguf"
      And the entry "m" is stored with {"metadata":{"format":"gguf","architecture":"said by hand"}}
      When "m.gguf" is added as "m"
      Then the entry "m" is as it was
      Given the entry "m" is stored with {"metadata":null}
      When "m.gguf" is added as "m"
      Then the entry "m" has {"metadata":{"format":"gguf","architecture":"llama","parameters":1280,"quantization":"Q4_K_M","context_length":4096}}

    Scenario: What takes the place of a model is described anew
      Given a catalog over the fs store
      And a source "m.gguf" that is a GGUF file of version 3, little endian
      And a source "n.bin" of "some weights"
      And a model "m" that was added from "m.gguf"
      When "n.bin" is added with {"id":"m","replace":true}
      Then the entry "m" has {"metadata":null}
      When "m.gguf" is added with {"id":"m","replace":true}
      Then the entry "m" has {"metadata":{"format":"gguf","architecture":"llama","parameters":1280,"quantization":"Q4_K_M","context_length":4096}}

    Scenario: A registered model is described when its bytes come
      Given a catalog over the fs store
      And a source "m.gguf" that is a GGUF file of version 3, little endian
      And a model "m" that was registered with {}
      When "m.gguf" is added as "m"
      Then the entry "m" has {"metadata":{"format":"gguf","architecture":"llama","parameters":1280,"quantization":"Q4_K_M","context_length":4096}}

    Scenario Outline: What is described are the bytes that were hashed, when the source of <mode> is exchanged after that
      When a source is exchanged after it was hashed for an add by <mode> on a simulated disk
      Then that model is described as <what>

      Examples:
        | mode      | what                                                                                                                    |
        | copy      | {"format":"gguf","architecture":"llama","parameters":1280,"quantization":"Q4_K_M","context_length":4096}                  |
        | reference | {"warnings":["changed: a.gguf changed before its header was read"]}                                                      |

  @CAT-ADO-2205
  Rule: What bears code is told by its bytes, never by its name

    Scenario Outline: A pickle <form> bears code, whatever its name
      Then a file that is a pickle <form> is told to bear code under the names model.bin, model.pt, weights, readme.txt, model.gguf and model.safetensors

      Examples:
        | form                           |
        | of protocol 0                  |
        | of protocol 0 that calls       |
        | of protocol 1 that instantiates |
        | of protocol 2                  |
        | of protocol 2 without code     |
        | of protocol 4                  |
        | of protocol 5                  |
        | of torch before its zips       |
        | with a bad byte behind its call |
        | of protocol 2 with a bad byte behind its call |
        | of protocol 4 with an odd name behind its call |
        | without its end                |
        | that instantiates and has no end |
        | behind a text of 1 MiB         |
        | of protocol 2 behind a text of 1 MiB |
        | behind 300,000 opcodes that do nothing |

    Scenario Outline: <what> bears code: <code>
      Then a file that is <what> is told to bear code: <code>

      Examples:
        | what                                     | code |
        | a zip of archive/data.pkl                | yes  |
        | a zip of version and x/data.pkl          | yes  |
        | a large zip of version and x/data.pkl    | yes  |
        | a zip of x/constants.pkl                 | yes  |
        | a zip of x/code/model.py                 | yes  |
        | a zip of weights.npy and readme.txt      | no   |
        | a tar of sys_info and pickle             | yes  |
        | a tar of weights.bin                     | no   |
        | a numpy array of objects                 | yes  |
        | a numpy array of numbers                 | no   |
        | a numpy array with a member of objects   | yes  |
        | an ELF program                           | yes  |
        | a script                                 | yes  |
        | a GGML file                              | no   |
        | an HDF5 file                             | no   |

    Scenario Outline: <what> called model.bin is no pickle
      Then a file that is <what> is told nothing of under the names model.bin, model.pkl and model.pt

      Examples:
        | what                           |
        | a text                         |
        | a text that begins as a pickle |
        | a text that names and makes a list |
        | a text of one long line        |
        | a list of words                |
        | numbers in lines               |
        | many zeros                     |
        | many brackets                  |
        | a line of JSON                 |
        | nothing                        |
        | the first bytes of a pickle    |

    Scenario: One file that bears code is told of a whole directory
      Given a catalog over the fs store
      And a source directory "dir" of safetensors and a pickle
      When "dir" is added as "m"
      Then the entry "m" has {"metadata":{"format":"safetensors","parameters":1032,"quantization":"BF16","code_bearing":true}}

  @CAT-ADO-2205
  Rule: A malformed header is a warning on the entry, never a crash

    Scenario Outline: A GGUF file with <what> is warned of as <code>
      Given a catalog over the fs store
      And a source "m.gguf" that is a GGUF file with <what>
      When "m.gguf" is added as "m"
      Then the entry "m" is Active, with a warning of <code>

      Examples:
        | what                      | code                |
        | another magic             | bad-magic           |
        | version 4                 | unsupported-version |
        | version 0                 | unsupported-version |
        | 2^60 tensors              | bad-count           |
        | 2^60 pairs                | bad-count           |
        | a million pairs too many  | truncated           |
        | a key of 2^60 bytes       | bad-count           |
        | a key of 60 MiB           | bad-count           |
        | an array of 2^60 items    | bad-count           |
        | an array of 2^60 texts    | bad-count           |
        | an array of 2^60 arrays   | bad-count           |
        | arrays 9 deep             | too-deep            |
        | a value of type 13        | bad-value           |
        | an array of type 13       | bad-value           |
        | a truth value of 2        | bad-value           |
        | a key twice               | duplicate           |
        | a tensor twice            | duplicate           |
        | an alignment of 0         | bad-value           |
        | an alignment of 24        | bad-value           |
        | an alignment of text      | bad-value           |
        | a tensor of 5 dimensions  | bad-count           |
        | a tensor of 2^80 elements | bad-value           |
        | a tensor of half a block  | bad-value           |
        | a tensor at an odd place  | bad-offset          |
        | a tensor at 2^60          | bad-offset          |
        | a tensor behind its end   | truncated           |

    Scenario Outline: A safetensors file with <what> is warned of as <code>
      Given a catalog over the fs store
      And a source "m.safetensors" that is a safetensors file with <what>
      When "m.safetensors" is added as "m"
      Then the entry "m" is Active, with a warning of <code>

      Examples:
        | what                              | code       |
        | a header of 2^60 bytes            | bad-count  |
        | a header that is longer than it   | truncated  |
        | a header of nothing               | bad-value  |
        | a header of a list                | bad-magic  |
        | a header that is no JSON          | bad-value  |
        | a header that is no UTF-8         | bad-value  |
        | a tensor of that name twice       | duplicate  |
        | its type twice                    | duplicate  |
        | metadata of numbers               | bad-value  |
        | a tensor that is a number         | bad-value  |
        | a tensor without type             | bad-value  |
        | a shape of text                   | bad-value  |
        | a shape below 0                   | bad-value  |
        | a shape of 2^60                   | bad-value  |
        | shapes of 2^80 together           | bad-value  |
        | places backwards                  | bad-offset |
        | three places                      | bad-offset |
        | another size than its places      | bad-offset |
        | a hole                            | bad-offset |
        | an overlap                        | bad-offset |
        | bytes behind its end              | bad-offset |
        | a tensor that inherits all it has | bad-value  |
        | values 100 deep                   | too-deep   |
        | 900,000 brackets                  | too-deep   |
        | 2 million items                   | over-limit |

    @heavy
    Scenario: A file that is cut at any byte is told to be truncated, and nothing else
      Then every form of file is truncated when it is cut at any of its bytes

    @heavy
    Scenario: A header says the same through every window
      Then every form of file says the same whole as through windows that grow byte by byte

    Scenario: Members that every object inherits are names like others
      Then a header with tensors and keys called __proto__, constructor and toString is read, and objects inherit what they did

    @heavy
    Scenario: Any bytes have an outcome, and the more often they are changed the same
      Then 10000 headers that were garbled by chance each have an outcome that an entry can keep

    @full
    Scenario: Very many garbled headers have an outcome
      Then 200000 headers that were garbled by chance each have an outcome that an entry can keep

    Scenario: Warnings are few, however many files have trouble
      Then a model of 1000 malformed files has 17 warnings, and each is short

    @heavy
    Scenario Outline: A file of 100 GiB that claims <what> is read no further than <most> bytes
      Given a sparse file "m.gguf" of 100 GiB that claims <what>
      When its header is read
      Then no more than <most> bytes were asked for, and never more than twice as many at once as before
      And it is told to be <outcome>

      Examples:
        | what                      | most     | outcome             |
        | 2^60 tensors              | 65536    | bad-count           |
        | 900000 pairs              | 65536    | duplicate           |
        | a key of 2^36 bytes       | 65536    | bad-count           |
        | an array of 900000 texts  | 8388608  | duplicate           |
        | 900000 tensors            | 65536    | duplicate           |
        | 2 million tensors         | 65536    | over-limit          |
        | safetensors of 63 MiB     | 67108864 | bad-value           |

    @CAT-SEC-6003 @heavy
    Scenario Outline: A header of <what> takes less than 256 MiB to be read, and is <outcome>
      When a process reads a safetensors file with a header of <what>
      Then it took less than 256 MiB more than one that reads a small one, and told <outcome>

      Examples:
        | what                                    | outcome    |
        | a text of 63 MiB                        | safetensors |
        | a text of 16 MiB beyond Latin-1         | safetensors |
        | a text of 63 MiB beyond Latin-1         | over-limit |
        | 900,000 names                           | over-limit |
        | 100,000 tensors                         | safetensors |

    Scenario Outline: A failing <kind> while a header is read is a warning, and the model is there
      When the <kind> for the header of a model fails while it is added on a simulated disk
      Then that model is described as {"warnings":["unreadable: a.gguf could not be read: <error>"]}
      When it is added once more
      Then that model is described as {"format":"gguf","architecture":"llama","parameters":1280,"quantization":"Q4_K_M","context_length":4096}

      Examples:
        | kind | error |
        | open | EIO: as the test wants it |
        | read | EIO: as the test wants it |
        | stat | EIO: as the test wants it |

  @CAT-ADO-2205
  Rule: Our reader and that of Hugging Face agree where both read

    Scenario: GGUF files of every version and byte order are read alike
      Then @huggingface/gguf finds the same values, tensors and parameters in every form of GGUF file

    @heavy
    Scenario: GGUF files that are drawn by chance are read alike
      Then @huggingface/gguf finds the same values, tensors and parameters in 100 GGUF files that are drawn by chance

  @CAT-DIG-1408
  Rule: A probe tells from the header whether a file is cut off

    Scenario Outline: <what> is <kind>
      Then the probe of <what> is <kind>

      Examples:
        | what                                    | kind      |
        | a GGUF file                             | sound     |
        | a GGUF file without its last byte       | truncated |
        | a GGUF file without its data            | truncated |
        | a GGUF file cut within its header       | truncated |
        | a GGUF file with a byte more            | sound     |
        | a GGUF file without tensors             | sound     |
        | a GGUF file of an unknown type          | unknown   |
        | a GGUF file with zeros for a header     | malformed |
        | a safetensors file                      | sound     |
        | a safetensors file without its last byte | truncated |
        | a safetensors file cut within its header | truncated |
        | a safetensors file with a byte more     | malformed |
        | a pickle                                | unknown   |
        | a text                                  | unknown   |

    Scenario Outline: A <format> file of 100 GiB is probed by its first bytes, and one byte less is missed
      Given a sparse <format> file of 100 GiB
      When it is probed
      Then it is sound, and less than 100000 bytes of it were asked for
      When it is cut by one byte and probed
      Then it is truncated, one byte of 107374182400 is missing, and less than 100000 bytes of it were asked for

      Examples:
        | format      |
        | GGUF        |
        | safetensors |

    Scenario: A probe changes nothing and never says that content is right
      Given a catalog over the fs store
      And a source "m.gguf" that is a GGUF file of version 3, little endian
      And a model "m" that was added from "m.gguf"
      And the blob of "m" has zeros where its data was ones
      When "m" is probed
      Then the report of "m" says method probe and sound
      And the entry "m" is as it was

    Scenario: A model of many files is probed file by file, and so is a path that is in no catalog
      Given a catalog over the fs store
      And sources "s-00001-of-00003.gguf" and so on that are a split GGUF
      And a model "m" that was added from "s-00001-of-00003.gguf"
      When "m" is probed
      Then the report of "m" says method probe and sound, sound, sound
      When the source "s-00003-of-00003.gguf" is cut by one byte
      And the path of "s-00001-of-00003.gguf" is probed
      Then the report says method probe and sound, sound, truncated

    Scenario: What cannot be a file of a model is told, and keeps no other from being probed
      Given a directory "dir" of a GGUF file, one whose name moves a terminal, and a FIFO
      When the path of "dir" is probed
      Then the report says method probe and sound, unknown, unknown
      And `catalog probe` of it exits with 0 and prints nothing that moves a terminal

    Scenario Outline: There is nothing to probe in <what>
      Given a catalog over the fs store
      And a source "m.gguf" of "some weights"
      And a model "gone" that was added from "m.gguf" with {"mode":"reference"}
      And a model "pending" that was registered with {}
      When the source "m.gguf" is removed
      And "<what>" is probed
      Then the catalog refuses it with NotFound

      Examples:
        | what    |
        | nothing |
        | gone    |
        | pending |

    @slow
    Scenario: The command says that it is a probe, and exits with 1 where bytes are missing
      Given a file "good.gguf" and a file "cut.gguf" that lacks a byte of it
      When `catalog probe good.gguf --json` is run
      Then it exits with 0 and prints one document like this:
        """
        {"schema":1,"report":{"method":"probe","files":[{"path":"<path>","kind":"sound","method":"probe","format":"gguf","expected_bytes":"<number>","bytes":"<number>"}]}}
        """
      When `catalog probe cut.gguf` is run
      Then it exits with 1
      And its line begins with "truncated (probe)"
      When `catalog probe cut.gguf --json` is run
      Then it exits with 1 and prints one document like this:
        """
        {"schema":1,"report":{"method":"probe","files":[{"path":"<path>","kind":"truncated","method":"probe","format":"gguf","expected_bytes":"<number>","bytes":"<number>","reason":"<text>"}]}}
        """
      When `catalog probe nothing --json` is run
      Then it exits with 3 and the error is NotFound
