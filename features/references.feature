Feature: References to models

  A reference says where a model comes from: a repository of the Hugging Face hub, a file, or a URL. People type it, scripts
  paste it and tools print it, so that one model has to have one spelling, and a credential in it must not be kept.

  Rule: A reference names a hub model, a file or a URL

    @CAT-REF-1301
    Scenario Outline: "<text>" is a model of the hub
      When the reference "<text>" is parsed
      Then it names this model of the hub:
        | org   | repo   | revision   | path   | quant   |
        | <org> | <repo> | <revision> | <path> | <quant> |

      Examples:
        | text                                       | org    | repo   | revision  | path              | quant  |
        | hf:gpt2                                    |        | gpt2   |           |                   |        |
        | hf:openai/gpt2                             | openai | gpt2   |           |                   |        |
        | hf:gpt2@main                               |        | gpt2   | main      |                   |        |
        | hf:gpt2:Q4_K_M                             |        | gpt2   |           |                   | Q4_K_M |
        | hf:gpt2@main/model.safetensors             |        | gpt2   | main      | model.safetensors |        |
        | hf:openai/gpt2/model.safetensors           | openai | gpt2   |           | model.safetensors |        |
        | hf:openai/gpt2/onnx/model.onnx             | openai | gpt2   |           | onnx/model.onnx   |        |
        | hf:openai/gpt2:Q4_K_M                      | openai | gpt2   |           |                   | Q4_K_M |
        | hf:openai/gpt2@v1.0                        | openai | gpt2   | v1.0      |                   |        |
        | hf:openai/gpt2@v1.0:Q4_K_M                 | openai | gpt2   | v1.0      |                   | Q4_K_M |
        | hf:openai/gpt2@refs%2Fpr%2F1/a%20b/c.gguf  | openai | gpt2   | refs/pr/1 | a b/c.gguf        |        |
        | hf:openai/gpt2/a%40b%3Ac.gguf              | openai | gpt2   |           | a@b:c.gguf        |        |

    @CAT-REF-1301
    Scenario Outline: "<text>" is a file
      When the reference "<text>" is parsed
      Then it names the file "<path>"

      Examples:
        | text                                 | path                |
        | file:/models/a.gguf                  | /models/a.gguf      |
        | file:///models/a.gguf                | /models/a.gguf      |
        | file://localhost/models/a.gguf       | /models/a.gguf      |
        | file:///my%20models/50%25%3F%23.gguf | /my models/50%?#.gguf |
        | file:///C:/models/a.gguf             | C:\\models\\a.gguf  |
        | file:///C%3A/models/a.gguf           | /C:/models/a.gguf   |
        | /models/a.gguf                       | /models/a.gguf      |
        | /my models/50%20?#.gguf              | /my models/50%20?#.gguf |
        | models/a.gguf                        | models/a.gguf       |
        | ./hf:a                               | hf:a                |
        | ../a.gguf                            | ../a.gguf           |
        | C:\\models\\a.gguf                   | C:\\models\\a.gguf  |
        | c:/models/a.gguf                     | C:\\models\\a.gguf  |

    @CAT-REF-1301
    Scenario Outline: "<text>" in <cwd> is a file
      When the reference "<text>" is parsed in the directory "<cwd>"
      Then it names the file "<path>"

      Examples:
        | text             | cwd         | path               |
        | a.gguf           | /home/me    | /home/me/a.gguf    |
        | ./b/../a.gguf    | /home/me/   | /home/me/a.gguf    |
        | ../../../a.gguf  | /home/me    | /a.gguf            |
        | /models/a.gguf   | /home/me    | /models/a.gguf     |
        | b/a.gguf         | C:\\Users   | C:\\Users\\b\\a.gguf |
        | \\models\\a.gguf | C:\\Users   | C:\\models\\a.gguf |
        | D:\\a.gguf       | C:\\Users   | D:\\a.gguf         |
        | D:\\a.gguf       | /home/me    | D:\\a.gguf         |

    @CAT-REF-1301
    Scenario Outline: "<text>" is a URL
      When the reference "<text>" is parsed
      Then it names the URL "<text>"

      Examples:
        | text                                    |
        | https://example.com/models/a.gguf       |
        | http://example.com:8080/models/a.gguf   |
        | s3://models/org/a.gguf                  |
        | oci://ghcr.io/org/model:1.0             |
        | oci://ghcr.io/org/model@sha256:0123abcd |

    @CAT-REF-1301
    Scenario Outline: A relative path is resolved only against a directory that is absolute
      When the reference "a.gguf" is parsed in the directory "<cwd>"
      Then the directory is refused with InvalidArgument

      Examples:
        | cwd  |
        | home |
        | ./me |

  Rule: A reference has one normal form

    @CAT-REF-1302
    Scenario Outline: "<text>" is written "<normal>"
      When the reference "<text>" is parsed
      Then it is written "<normal>"

      Examples: hub
        | text                            | normal                       |
        | HF:OpenAI/GPT2/Model.GGUF       | hf:OpenAI/GPT2/Model.GGUF    |
        | hf:openai/gpt2/                 | hf:openai/gpt2               |
        | hf:openai/gpt2/onnx/            | hf:openai/gpt2/onnx          |
        | hf:openai/gpt2/./onnx/./a.onnx  | hf:openai/gpt2/onnx/a.onnx   |
        | hf:openai/gpt2/%6fnnx           | hf:openai/gpt2/onnx          |
        | hf:openai/gpt2/a%20b%40c%25.gguf | hf:openai/gpt2/a%20b%40c%25.gguf |
        | hf:openai/gpt2@refs%2fpr%2f1    | hf:openai/gpt2@refs%2Fpr%2F1 |
        | \u0020\thf:openai/gpt2\r\u000a  | hf:openai/gpt2               |

      Examples: files
        | text                          | normal                        |
        | /models/a.gguf                | file:///models/a.gguf         |
        | /                             | file:///                      |
        | /models/                      | file:///models                |
        | /models//./b/../a.gguf        | file:///models/a.gguf         |
        | /../a.gguf                    | file:///a.gguf                |
        | FILE:/models/%2e%2E/a.gguf/   | file:///a.gguf                |
        | /my models/50%20?#.gguf       | file:///my%20models/50%2520%3F%23.gguf |
        | /C:/a.gguf                    | file:///C%3A/a.gguf           |
        | c:\\models\\..\\A.gguf        | file:///C:/A.gguf             |
        | c:\\                          | file:///C:/                   |
        | models/a.gguf/                | ./models/a.gguf               |
        | b/../../a.gguf                | ../a.gguf                     |
        | ../../b/.././a.gguf           | ../../a.gguf                  |
        | ./                            | .                             |
        | ./hf:a                        | ./hf:a                        |
        | ./C:/a                        | ./C:/a                        |
        | ./a\u0020/.                   | ./a\u0020/.                   |

      Examples: URLs
        | text                                  | normal                         |
        | HTTPS://Example.COM/Models/A.gguf     | https://example.com/Models/A.gguf |
        | https://example.com:443/a             | https://example.com/a          |
        | http://example.com:80/a               | http://example.com/a           |
        | https://example.com:80/a              | https://example.com:80/a       |
        | https://example.com/                  | https://example.com            |
        | https://example.com/a//               | https://example.com/a          |
        | https://example.com/b/../a/./c        | https://example.com/a/c        |
        | https://example.com/b/%2E%2e/a        | https://example.com/a          |
        | https://example.com/a/?revision=1     | https://example.com/a?revision=1 |
        | S3://Bucket/Key/../A                  | s3://bucket/A                  |
        | OCI://GHCR.io/Org/Model:Tag           | oci://ghcr.io/Org/Model:Tag    |

    @CAT-REF-1302
    Scenario: What is written is read as the same reference, whatever the text was
      Given references from any text, from any characters and from pieces of references
      Then each is refused with InvalidRef, or what it is written as is read as the same reference

    @CAT-REF-1302
    Scenario: Any absolute path is written so that it is read as the same path
      Given absolute paths of any names
      Then each path is read as itself from what it is written as

  Rule: What is no reference is refused, and the reason is told

    @CAT-REF-1303
    Scenario Outline: "<text>" is refused because of <reason>
      When the reference "<text>" is parsed
      Then the reference is refused as "<shown>" because of "<reason>"

      Examples: empty parts
        | text                   | shown              | reason        |
        |                        |                    | empty         |
        | \u0020\u0009           | \u0020\u{9}        | empty         |
        | hf:                    | hf:                | an empty part |
        | hf:/gpt2               | hf:/gpt2           | an empty part |
        | hf://openai/gpt2       | hf://openai/gpt2   | an empty part |
        | hf:openai//a.gguf      | hf:openai//a.gguf  | an empty part |
        | hf:openai/gpt2//a      | hf:openai/gpt2//a  | an empty part |
        | hf:openai/gpt2@        | hf:openai/gpt2@    | an empty part |
        | hf:openai/gpt2@/a      | hf:openai/gpt2@/a  | an empty part |
        | hf:openai/gpt2@a%2F%2Fb | hf:openai/gpt2@a%2F%2Fb | an empty part |
        | hf:openai/gpt2:        | hf:openai/gpt2:    | an empty part |
        | file:                  | file:              | absolute path |
        | file:models/a          | file:models/a      | absolute path |
        | file:////host/a        | file:////host/a    | an empty part |
        | https:///a             | https:///a         | //host        |
        | https:example.com/a    | https:example.com/a | //host       |
        | s3://                  | s3://              | //host        |
        | s3://?revision=1       | s3://?revision=1   | //host        |
        | oci:image              | oci:image          | //host        |

      Examples: parts out of place
        | text                       | shown                   | reason       |
        | hf:openai/..               | hf:openai/..            | .. in a part |
        | hf:../gpt2                 | hf:../gpt2              | .. in a part |
        | hf:openai/.                | hf:openai/.             | . or .. in a part |
        | hf:openai/gpt2/../a        | hf:openai/gpt2/../a     | .. in a part |
        | hf:openai/gpt2/%2e%2E/a    | hf:openai/gpt2/%2e%2E/a | .. in a part |
        | hf:openai/gpt2@a..b        | hf:openai/gpt2@a..b     | .. in a part |
        | hf:openai/gpt2@a%2F..%2Fb  | hf:openai/gpt2@a%2F..%2Fb | .. in a part |
        | hf:openai/gpt2:..          | hf:openai/gpt2:..       | .. in a part |
        | hf:openai/gpt2/a%2Fb       | hf:openai/gpt2/a%2Fb    | a slash inside a part |
        | hf:openai/gpt2/a%5Cb       | hf:openai/gpt2/a%5Cb    | a backslash  |
        | hf:openai/gpt2/a:Q4        | hf:openai/gpt2/a:Q4     | out of place |
        | hf:openai/gpt2/a@main      | hf:openai/gpt2/a@main   | out of place |
        | hf:openai/gpt2@a@b         | hf:openai/gpt2@a@b      | out of place |
        | hf:openai/gpt2:Q4/a        | hf:openai/gpt2:Q4/a     | out of place |
        | hf:openai/gpt2?revision=1  | hf:openai/gpt2?revision=1 | no query   |
        | file://server/a            | file://server/a         | another host |
        | file:///a%2Fb              | file:///a%2Fb           | an encoded slash |
        | file:///C:/a%5Cb           | file:///C:/a%5Cb        | an encoded slash |
        | //server/share             | //server/share          | two slashes  |
        | \\\\server\\share          | \\\\server\\share       | two slashes  |
        | https://example.com\\a     | https://example.com\\a  | a backslash  |

      Examples: characters
        | text                        | shown                       | reason               |
        | hf:a\u0000                  | hf:a\u{0}                   | a control character  |
        | /models/a\u000ab            | /models/a\u{a}b             | a control character  |
        | /models/a\u007fb            | /models/a\u{7f}b            | a control character  |
        | /models/a\u009bb            | /models/a\u{9b}b            | a control character  |
        | hf:openai/gpt%002           | hf:openai/gpt%002           | a control character  |
        | file:///a%00b               | file:///a%00b               | control character    |
        | file:///a%C2%9Bb            | file:///a%C2%9Bb            | a control character  |
        | https://example.com/a%0ab   | https://example.com/a%0ab   | control character    |
        | hf:openai/gpt\u202e2        | hf:openai/gpt\u{202e}2      | a bidirectional      |
        | hf:openai/gpt%E2%80%8B2     | hf:openai/gpt%E2%80%8B2     | zero-width character |
        | \ufeffhf:gpt2               | \u{feff}hf:gpt2             | zero-width character |
        | /models/a\ud800b            | /models/a\u{d800}b          | a lone surrogate     |

      Examples: schemes
        | text           | shown          | reason            |
        | foo:bar        | foo:bar        | an unknown scheme |
        | ftp://host/a   | ftp://host/a   | an unknown scheme |
        | C:a            | C:a            | an unknown scheme |
        | xs:\\a         | xs:\\a         | an unknown scheme |
        | my models:a    | my models:a    | an unknown scheme |
        | ://host/a      | ://host/a      | an unknown scheme |

      Examples: escapes
        | text                     | shown                    | reason             |
        | hf:openai/gpt2/a%        | hf:openai/gpt2/a%        | a malformed escape |
        | hf:openai/gpt2/a%zz      | hf:openai/gpt2/a%zz      | a malformed escape |
        | hf:openai/gpt2/a%ff      | hf:openai/gpt2/a%ff      | a malformed escape |
        | file:///a%4              | file:///a%4              | a malformed escape |
        | file:///a%c3b            | file:///a%c3b            | a malformed escape |
        | https://example.com/a%2g | https://example.com/a%2g | a malformed escape |
        | s3://bucket/%            | s3://bucket/%            | a malformed escape |

    @CAT-REF-1303
    Scenario Outline: A reference has at most 4,096 bytes of UTF-8
      When a reference is parsed that is "<start>" and <count> times "<rest>"
      Then that reference is <outcome>

      Examples:
        | start  | count   | rest   | outcome  |
        | hf:    | 4093    | a      | accepted |
        | hf:    | 4094    | a      | refused as too long |
        | hf:a   | 2046    | é      | accepted |
        | hf:a   | 2047    | é      | refused as too long |
        | hf:a   | 4096    | \u0020 | refused as too long |
        | hf:    | 9000000 | a      | refused as too long |

    @CAT-REF-1303
    Scenario: A reference whose normal form is too long is refused
      When a reference is parsed that is "https://example.com/" and 2000 times "é"
      Then that reference is refused as too long

    @CAT-REF-1303
    Scenario: A refusal quotes a short piece of a long input
      When a reference is parsed that is "foo:" and 5000 times "\u0007"
      Then the refusal of the reference quotes at most 201 characters of it

    @CAT-REF-1303
    Scenario: What is not text is refused
      When a number is parsed as a reference
      Then the reference is refused as "number" because of "not text"

    @CAT-REF-1303
    Scenario: A path that is unfit because of its directory is refused
      When the reference "a.gguf" is parsed in the directory "/home/m\u200be"
      Then the reference is refused as "a.gguf" because of "zero-width character"

    @CAT-REF-1303
    Scenario: A path in a repository that no text can name is refused
      When the model "a" of the hub with the path "b" is written without org and revision
      Then the reference is refused as "hf:a/b" because of "needs an org or a revision"

  Rule: Parsing takes time linear in the text

    @CAT-REF-1304
    Scenario Outline: Sixteen times as much of <kind> takes about sixteen times as long
      Given adversarial texts of <small> and of <large> characters: <kind>
      Then parsing the large takes less than 64 times as long as parsing the small

      Examples: far beyond the limit of the length
        | kind        | small | large   |
        | blanks      | 65536 | 1048576 |
        | slashes     | 65536 | 1048576 |
        | dots        | 65536 | 1048576 |
        | at signs    | 65536 | 1048576 |
        | parameters  | 65536 | 1048576 |
        | schemes     | 65536 | 1048576 |
        | escapes     | 65536 | 1048576 |
        | hub parts   | 65536 | 1048576 |
        | URL slashes | 65536 | 1048576 |
        | controls    | 65536 | 1048576 |

      Examples: within the limit of the length
        | kind        | small | large |
        | blanks      | 250   | 4000  |
        | slashes     | 250   | 4000  |
        | dots        | 250   | 4000  |
        | at signs    | 250   | 4000  |
        | parameters  | 250   | 4000  |
        | schemes     | 250   | 4000  |
        | escapes     | 250   | 4000  |
        | hub parts   | 250   | 4000  |
        | URL slashes | 250   | 4000  |
        | controls    | 250   | 4000  |

  Rule: A reference keeps no credentials

    @CAT-REF-1305
    Scenario Outline: "<text>" is kept as "<kept>"
      When the reference "<text>" is parsed
      Then it is written "<kept>"

      Examples:
        | text                                                     | kept                                |
        | https://user:password@example.com/a                      | https://example.com/a               |
        | https://token@example.com/a                              | https://example.com/a               |
        | https://a@b@example.com/a                                | https://example.com/a               |
        | s3://key:secret@bucket/a                                 | s3://bucket/a                       |
        | oci://user:password@ghcr.io/org/model:1                  | oci://ghcr.io/org/model:1           |
        | https://example.com/a#fragment                           | https://example.com/a               |
        | https://example.com/a?token=secret                       | https://example.com/a               |
        | https://example.com/a?X-Amz-Signature=0&revision=2       | https://example.com/a?revision=2    |
        | https://example.com/a?revision=1&version=2&versionId=3&download=4 | https://example.com/a?revision=1&version=2&versionId=3&download=4 |
        | https://example.com/a?download                           | https://example.com/a?download      |
        | https://example.com/a?Revision=1&revisions=2             | https://example.com/a               |
        | https://example.com/a?revision=1;token=secret            | https://example.com/a?revision=1    |
        | https://example.com/a?revision=1?token=secret            | https://example.com/a?revision=1    |
        | https://example.com/a?revision=1%26token=secret          | https://example.com/a?revision=1    |
        | s3://bucket/a?versionId=3&token=secret#f                 | s3://bucket/a?versionId=3           |
        | file://user:password@localhost/a?token=secret#f          | file:///a                           |

    @CAT-REF-1305 @CAT-SEC-6004
    Scenario Outline: A refusal of "<text>" shows "<shown>"
      When the reference "<text>" is parsed
      Then the reference is refused as "<shown>" because of "<reason>"

      Examples:
        | text                                  | shown                 | reason             |
        | https://user:pass@host:x/a?token=b#f  | https://host:x/a      | //host             |
        | https://user:pa/ss@host:x/a           | https://host:x/a      | //host             |
        | https://user:pa#ss@host/a             | https://…             | //host             |
        | https://user:pa?ss@host/a             | https://…             | //host             |
        | https:/user:pass@host/a               | https:/host/a         | //host             |
        | foo://user:pass@host/a?token=b        | foo://host/a          | an unknown scheme  |
        | user:pass@host/a                      | host/a                | an unknown scheme  |
        | https://user:pass%40host:x/a          | https://host:x/a      | //host             |
        | hf:openai/gpt2?token=b                | hf:openai/gpt2        | no query           |
        | hf:openai/gpt2@main/a#b?token=b       | hf:openai/gpt2@main/a | no query           |
        | hf:user:pass@openai/gpt2              | hf:openai/gpt2        | out of place       |
        | a\u000a//token@host/a                 | host/a                | a control character |
        | a\u000dhttps://user:pass@host/a       | host/a                | a control character |
        | https://host/a?revision=1\u000atoken=b | https://host/a?revision=1 | a control character |
        | a:b\u000aauthorization: bearer b      | a:b\u{a}authorization: bearer … | a control character |

    @CAT-REF-1305 @CAT-SEC-6004 @slow
    Scenario: A secret shows nowhere, wherever it was planted and however malformed the reference is
      Given references with a secret in the user info, the query or the fragment, many of them malformed
      Then the secret is neither in what a reference is written as nor in the message, the details or the inspection of a refusal

    @CAT-REF-1305
    Scenario Outline: The text "<text>" without credentials is "<redacted>"
      When the credentials are taken out of "<text>"
      Then the text that is left is "<redacted>"

      Examples:
        | text                                         | redacted                            |
        | https://User:pass@Example.com:443/a/../b?t=1#f | https://Example.com:443/a/../b    |
        | https://example.com/@scope/a@1?version=2     | https://example.com/@scope/a@1?version=2 |
        | //user:pass@host/a#b                         | //host/a                            |
        | https://\u0009/user:pass@host/a              | https://host/a                      |
        | https:///user:pass@host/a                    | https:///host/a                     |
        | file:///models@1/a                           | file:///models@1/a                  |
        | /models@1/a?b#c                              | /models@1/a?b#c                     |
        | C:\\a@b#c                                    | C:\\a@b#c                           |
        | a label                                      | a label                             |
        | hf:openai/gpt2@main                          | hf:openai/gpt2@main                 |
        | hf:openai/gpt2/a%3F%23%40b                   | hf:openai/gpt2/a%3F%23%40b          |
        | file:/models@1/a%3F%23                       | file:/models@1/a%3F%23              |
        | /models//@scope/a                            | /models//@scope/a                   |
        | /Bearer of News/a@1                          | /Bearer of News/a@1                 |
        | https://example.com/a?version=1%20beta       | https://example.com/a?version=1%20beta |
        | https://example.com/a?version=1%0at=secret   | https://example.com/a?version=1     |
        | https://example.com/a?version=1\u0009t=secret | https://example.com/a?version=1    |
        | C:\\a\u000ahttps://user:pass@host/b         | host/b                              |
        | a label\u0000//token@host/b                  | host/b                              |
        | C:/a https://user:pass@host/b                | host/b                              |
        | https://host/a\u2028Authorization: Basic dTpw | https://host/a\u2028Authorization: Basic … |
