export default function ({ data }) {
  document.cookie = `${data.cookie}=${data.text}; max-age=31536000; path=/; samesite=lax`
}
